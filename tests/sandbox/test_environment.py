"""What a process in the sandbox sees of the caller's environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.environment import PROJECT, Environment
from sandbox.toolchain import Engine, Origin

CALLER = {
    "HOME": "/home/someone",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_PROFILE": "prod",
    "ARM_CLIENT_SECRET": "s",
    "AZURE_CLIENT_ID": "c",
    "GOOGLE_APPLICATION_CREDENTIALS": "/k.json",
    "HTTPS_PROXY": "http://proxy:3128",
    "https_proxy": "http://proxy:3128",
    "PULUMI_ACCESS_TOKEN": "pul-1",
    "PULUMI_BACKEND_URL": "https://api.pulumi.com",
    "PULUMI_SKIP_CONFIRMATIONS": "true",
}


def test_the_callers_own_variables_stay() -> None:
    variables = Environment(root=Path("/s"), tools=Path("/t"), base=CALLER).variables()

    assert variables["HOME"] == "/home/someone"
    assert variables["LANG"] == "C.UTF-8"
    assert variables["PATH"].endswith(":/usr/bin:/bin")


@pytest.mark.parametrize("name", [name for name in CALLER if name not in ("HOME", "LANG", "PATH")])
def test_no_credential_login_or_proxy_of_the_caller_reaches_the_sandbox(name: str) -> None:
    variables = Environment(root=Path("/s"), tools=Path("/t"), base=CALLER).variables()

    assert variables.get(name) != CALLER[name]


def test_home_backend_and_credential_files_lie_below_its_root() -> None:
    variables = Environment(root=Path("/s"), tools=Path("/t"), base=CALLER).variables()

    below = {
        name: value
        for name, value in variables.items()
        if value.removeprefix("file://").startswith("/s/")
    }
    assert set(below) == {
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AZURE_CONFIG_DIR",
        "PULUMI_BACKEND_URL",
        "PULUMI_HOME",
        "SEG_SANDBOX_ARM_STORE",
        "SEG_SANDBOX_CALLS",
    }


def test_confirmations_stay_on_because_refresh_with_preview_only_refuses_a_yes() -> None:
    variables = Environment(root=Path("/s"), tools=Path("/t"), base=CALLER).variables()

    assert "PULUMI_SKIP_CONFIRMATIONS" not in variables


@pytest.mark.parametrize(("bundled", "value"), [(True, "true"), (False, None)])
def test_plugins_on_path_are_ignored_unless_the_language_host_is_only_there(
    bundled: bool,
    value: str | None,
) -> None:
    engine = Engine(
        cli=Path("/e/pulumi"),
        version="3.259.0",
        origin=Origin.INSTALLED,
        host_is_bundled=bundled,
    )
    variables = Environment(root=Path("/s"), tools=Path("/t"), base=CALLER).variables(engine)

    assert variables.get("PULUMI_IGNORE_AMBIENT_PLUGINS") == value


def test_the_shell_lines_make_the_same_environment_even_with_spaces_in_the_path() -> None:
    environment = Environment(root=Path("/a folder/it's"), tools=Path("/t"), base=CALLER)
    script = "\n".join([*environment.shell_lines(), "env -0"])

    printed = subprocess.run(
        ["/bin/sh", "-c", script], env=CALLER, capture_output=True, check=True
    ).stdout.decode()

    shown = dict(line.split("=", 1) for line in printed.split("\0") if line)
    assert {name: shown.get(name) for name in environment.variables()} == environment.variables()
    assert not {"AWS_PROFILE", "PULUMI_ACCESS_TOKEN", "HTTPS_PROXY"} & set(shown)


def test_in_the_shell_pulumi_is_the_sandboxs_in_the_projects_folder_and_the_engine_elsewhere(
    tmp_path: Path,
) -> None:
    """The words that the engine and Python are called with stand for the calls."""
    for name in ("pulumi", "python"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@"\n', "utf-8")
        (tmp_path / name).chmod(0o755)
    environment = Environment(root=tmp_path, tools=Path("/t"), base=CALLER)
    lines = [line.replace(sys.executable, "python") for line in environment.shell_lines()]
    script = "\n".join(
        [
            *lines,
            f"PATH={tmp_path}:$PATH",
            f"cd '{PROJECT}' && pulumi up --yes 'a b'",
            f"cd '{tmp_path}' && pulumi up",
        ]
    )

    printed = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, text=True)

    assert printed.stdout == "python -m sandbox pulumi -- up --yes a b\npulumi up\n"


def test_tools_may_be_shared_by_naming_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEG_SANDBOX_TOOLS", "/shared/tools")

    assert Environment().tools == Path("/shared/tools")
