"""`segfw permissions`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from segfw.cli.main import main
from tests.shipped import CONFIG


def call(*words: str):
    return CliRunner().invoke(main, ["permissions", *words, "--config-dir", str(CONFIG)])


def test_the_accounts_are_those_of_the_stack_file() -> None:
    policy = json.loads(call("aws-prod-us-east-1").stdout)
    named = {
        arn.split(":")[4] for one in policy["Statement"] for arn in one["Resource"] if arn != "*"
    }

    assert named == {"111122223333"}


def test_an_azure_stack_gives_a_role() -> None:
    role = json.loads(call("azure-prod-westeurope").stdout)

    assert role["IsCustom"] is True
    assert all("SUBSCRIPTION" not in scope for scope in role["AssignableScopes"])


@pytest.mark.parametrize(("words", "status"), [(("nosuch",), 1), ((), 2)])
def test_what_is_no_stack_is_said(words, status) -> None:
    result = call(*words)

    assert result.exit_code == status
    assert result.stdout == "" or status == 2
