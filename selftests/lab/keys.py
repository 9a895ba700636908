# SPDX-License-Identifier: GPL-2.0-only
"""SSH keys of one lab: one for users, one that all its hosts show.

Made anew for each lab, and gone with it; kept in its directory meanwhile.
"""

import subprocess

from host import LabError


def load(directory):
    """{"user", "user.pub", "host", "host.pub"}, made if there are none."""
    directory.mkdir(mode=0o700, exist_ok=True)
    paths = {name: directory / name for name in ("user", "host")}
    makers = [subprocess.Popen(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f",
         str(path)], stdin=subprocess.DEVNULL)
        for path in paths.values() if not path.exists()]
    for maker in makers:
        if maker.wait():
            raise LabError("ssh-keygen cannot make keys")
    found = {}
    for name, path in paths.items():
        found[name] = path.read_text()
        public = path.with_name(name + ".pub").read_text()
        # Without the comment it is what known_hosts holds, too.
        found[name + ".pub"] = " ".join(public.split()[:2])
    return found
