"""The recorded calls are those that the sandbox sees: neither fewer nor more.

``SEG_RECORD=1 .venv/bin/python -m pytest tests/engine/test_permissions.py`` writes
`segfw/calls.json` anew.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import segfw
from segfw.clouds.aws_network_acl.spec import NETWORK_ACL
from segfw.clouds.aws_security_group.spec import (
    ATTACHMENT,
    EGRESS_RULE,
    EXCLUSIVE,
    GROUP,
    INGRESS_RULE,
    PREFIX_LIST,
)
from segfw.clouds.azure_nsg.spec import NSG
from segfw.permissions import recorded_calls

if TYPE_CHECKING:
    from tests.engine.conftest import Stack

pytestmark = pytest.mark.engine
FILE = Path(segfw.__file__).parent / "calls.json"
AWS = {ATTACHMENT, EGRESS_RULE, EXCLUSIVE, GROUP, INGRESS_RULE, NETWORK_ACL, PREFIX_LIST}
ARM_PATH = re.compile(r"(GET|PUT|PATCH|DELETE) .*/providers/(Microsoft\.\w+/\w+)/[^/]+(?:\?.*)?")
METHODS = {"GET": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
Calls = dict[str, dict[str, list[str]]]


def action_of(call: dict[str, Any]) -> str:
    if call["api"] == "ec2":
        return f"ec2:{call['action']}"
    found = ARM_PATH.fullmatch(call["action"])
    assert found is not None, call["action"]
    return f"{found[2]}/{METHODS[found[1]]}"


def seen_by(stack: Stack, run: Any) -> Calls:
    """Type and operation to the actions of every call that *run* makes for a resource."""
    file = stack.pulumi.environment.calls
    start = file.stat().st_size if file.exists() else 0
    run()
    with file.open("rb") as held:
        held.seek(start)
        lines = [json.loads(line) for line in held]
    found: dict[tuple[str, str], set[str]] = {}
    for call in lines:
        parts = call["resource"].split("::")
        if len(parts) == 4:
            token = parts[2].rpartition("$")[2]
            found.setdefault((token, call["operation"]), set()).add(action_of(call))
    calls: Calls = {}
    for (token, operation), actions in sorted(found.items()):
        calls.setdefault(token, {})[operation] = sorted(actions)
    return calls


def life(stack: Stack) -> None:
    """Made, changed, refreshed and removed."""
    stack.up()
    stack.settings["tags"] = {"team": "mail"}
    stack.settings["networks"]["admins"].append("10.40.9.0/28")
    stack.settings["features"]["new-ui"] = {}
    stack.up()
    stack.pulumi.run(stack.name, "refresh", "--yes", "--skip-preview")
    stack.pulumi.run(stack.name, "destroy", "--yes", "--skip-preview")


def compare_or_write(calls: Calls) -> None:
    if os.environ.get("SEG_RECORD"):
        held = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        merged = dict(sorted({**held, **calls}.items()))
        FILE.write_text(json.dumps(merged, indent=2) + "\n", "utf-8")
        recorded_calls.cache_clear()
    recorded = recorded_calls()
    assert calls == {token: recorded[token] for token in calls}


def test_aws_calls_are_the_recorded_ones(aws_stack: Stack) -> None:
    aws_stack.settings["features"]["talos"] = {"prefixList": True}
    calls = seen_by(aws_stack, lambda: life(aws_stack))

    assert set(calls) == AWS
    compare_or_write(calls)


def test_azure_calls_are_the_recorded_ones(azure_stack: Stack) -> None:
    calls = seen_by(azure_stack, lambda: life(azure_stack))

    assert set(calls) == {NSG}
    compare_or_write(calls)
