# SPDX-License-Identifier: GPL-2.0-only
"""The Internet: clients with several addresses, and a web server to ask.

http://198.51.100.10/ip answers with the address that it was asked from;
requests are in access.log; /var/www is what is served else.
"""

from host import Host

NGINX_UNIT = """\
[Service]
ExecStart=/usr/sbin/nginx -g 'daemon off;'
"""

NGINX = """\
user root;
worker_processes 1;
error_log stderr;
pid /run/nginx.pid;
events {}
http {
	log_format line '$remote_addr "$request" $status $body_bytes_sent';
	access_log /var/log/access.log line;
	default_type text/plain;
	client_max_body_size 0;
	client_body_temp_path /run/body;
	proxy_temp_path /run/proxy;
	fastcgi_temp_path /run/fastcgi;
	uwsgi_temp_path /run/uwsgi;
	scgi_temp_path /run/scgi;
%s
}
"""

SERVER = """\
	server {
		listen 80;
		root /var/www;
		location = / { return 200 "The Internet\\n"; }
		location = /ip { return 200 "$remote_addr\\n"; }
	}"""


def make(region):
    """Everything that is not AWS."""
    host = Host("internet", "internet", region.netns("internet"))
    host.batch = [f"address add {a}/32 dev lo" for a in region.clients]
    for vpc, router in region.routers.items():
        if not region.vpcs[vpc]["igw"]:
            continue
        number = router[3:]
        host.batch += [f"address add 100.64.{number}.1/30 dev igw{number}",
                       f"link set dev igw{number} gso_max_segs 1 up"]
        host.batch += [f"route add {public} via 100.64.{number}.2 "
                       f"src {region.clients[0]}"
                       for public in region.translations(vpc).values()]
    host.files = {"/etc/nginx/nginx.conf": (NGINX % SERVER, 0o644),
                  "/var/www/index.html": ("The Internet\n", 0o644)}
    host.units = {"nginx.service": NGINX_UNIT}
    host.ports = [80]
    return host
