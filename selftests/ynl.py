#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""ynl.py CLI [ARGUMENT]... - runs ynl's cli.py with libyaml's reader

The one in Python takes most of the time, which in a guest is seconds for each
request.
"""

import pathlib
import runpy
import sys

import yaml

yaml.SafeLoader = yaml.CSafeLoader
sys.argv = sys.argv[1:]
sys.path[0] = str(pathlib.Path(sys.argv[0]).parent)
runpy.run_path(sys.argv[0], run_name="__main__")
