# SPDX-License-Identifier: GPL-2.0-only
"""User data of an instance: a cloud-config, as files and commands.

Owns the part of cloud-init's format that the templates use, and refuses all
else: what this reads is what the lab runs. Touches nothing.
"""
import base64
import re

import yaml

HEADER = "#cloud-config"
KEYS = {"write_files", "runcmd"}
FILE_KEYS = {"path", "content", "permissions", "owner", "encoding"}


def parse(properties, place):
    """(files, commands) of what has a property UserData; none is no files.

    files: {path: {"content", "mode"}}, commands: list of shell lines or of
    argument lists, as cloud-init's runcmd has them.
    """
    place = place.at("UserData")
    if "UserData" not in properties:
        return {}, []
    value = properties["UserData"]
    if not isinstance(value, dict) or "Fn::Base64" not in value:
        place.fail("is not made by Fn::Base64")
    text = value["Fn::Base64"]
    if text.split("\n", 1)[0].rstrip() != HEADER:
        place.fail(f"does not begin with {HEADER}")
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place.fail("no YAML: " + " ".join(str(error).split()))
    if not isinstance(config, dict):
        place.fail("no mapping")
    for key in config:
        if key not in KEYS:
            place.at(key).fail("not known here: "
                               + " and ".join(sorted(KEYS)) + " are")
    files = {}
    for index, item in enumerate(config.get("write_files", [])):
        path, body = read_file(item, place.at("write_files", index))
        if path in files:
            place.at("write_files", index).fail(f"{path} is there already")
        files[path] = body
    return files, read_commands(config.get("runcmd", []), place.at("runcmd"))


def read_file(item, place):
    """One entry of write_files."""
    if not isinstance(item, dict):
        place.fail("no mapping")
    for key in item:
        if key not in FILE_KEYS:
            place.at(key).fail("not known here")
    path, content = item.get("path"), item.get("content")
    if not isinstance(path, str) or not path.startswith("/"):
        place.fail("has no absolute path")
    if not isinstance(content, str):
        place.fail(f"{path} has no content that is text")
    if item.get("encoding", "text/plain") in ("b64", "base64"):
        content = base64.b64decode(content, validate=True).decode()
    elif item.get("encoding", "text/plain") != "text/plain":
        place.fail(f"unknown encoding {item['encoding']}")
    mode = item.get("permissions", "0644")
    # a number would have been read as octal or not, depending on the reader
    if not isinstance(mode, str) or not re.fullmatch("0[0-7]{3}", mode):
        place.fail(f"permissions of {path}: text like '0644' is wanted")
    return path, {"content": content, "mode": mode}


def read_commands(commands, place):
    """The list runcmd."""
    if not isinstance(commands, list):
        place.fail("no list")
    for index, one in enumerate(commands):
        if isinstance(one, list) and one and all(
                isinstance(word, str) for word in one):
            continue
        if not isinstance(one, str):
            place.at(index).fail("neither a line nor a list of words")
    return commands
