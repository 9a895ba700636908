# SPDX-License-Identifier: GPL-2.0-only
"""A node of the application load balancer: nginx with one worker.

One worker, so that targets take strict turns. As AWS's: a target that does
not accept a connection within 10 seconds is a 504, the request is not tried
elsewhere. Unlike AWS's: a target is never left out; an ALB whose targets are
all unhealthy asks them all just the same.
"""

import count
import group
from host import Host, Leg
from internet import NGINX, NGINX_UNIT

SERVER = """\
	upstream web {{
{targets}
	}}
	server {{
		listen {port};
		proxy_connect_timeout 10s;
		proxy_read_timeout 60s;
		proxy_next_upstream off;
		proxy_buffering off;
		proxy_request_buffering off;
		proxy_set_header Host $http_host;
		proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
		location / {{ proxy_pass http://web; }}
	}}"""


def make(region, name, subnet, address, public):
    """The node in one subnet."""
    alb = region.topology["alb"]
    host = Host(name, "alb", region.netns(name), subnet.zone)
    leg = Leg("eth0", name, subnet, address, region.router_of(subnet))
    host.legs = [leg]
    host.batch = leg.batch()
    host.public = public
    host.nft = group.stateful(region, alb["groups"], subnet) + count.NFT
    targets = "\n".join(
        f"\t\tserver {region.address[target]}:{alb['target_port']} "
        "max_fails=0;" for target in alb["targets"])
    server = SERVER.format(targets=targets, port=alb["port"])
    host.files = {"/etc/nginx/nginx.conf": (NGINX % server, 0o644)}
    host.units = {"nginx.service": NGINX_UNIT}
    host.ports = [alb["port"]]
    return host
