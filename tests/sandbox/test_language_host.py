"""The language host by itself, and programs that end badly under a real engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from sandbox.commands import CommandFailed
from sandbox.environment import PROJECT
from sandbox.language_host import python_for
from sandbox.processes import command_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.runner import Pulumi

HOST = PROJECT / "sandbox" / "language_host.py"


@contextmanager
def running_host() -> Iterator[tuple[subprocess.Popen[str], Any]]:
    command = [sys.executable, "-P", "-u", str(HOST), "127.0.0.1:1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield process, language_pb2_grpc.LanguageRuntimeStub(channel)
        process.kill()


def gone_within(seconds: float, *pids: int) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if all(command_line(pid) is None for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_it_says_which_python_programs_run_with() -> None:
    with running_host() as (_, stub):
        answer = stub.About(language_pb2.AboutRequest())

    assert answer.executable == sys.executable


def test_code_generation_is_refused_with_the_way_round() -> None:
    with running_host() as (_, stub), pytest.raises(grpc.RpcError) as caught:
        stub.GenerateProgram(language_pb2.GenerateProgramRequest())

    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.details() == (
        "the sandbox's language host generates no Python code; "
        'add "--generate-code=false" to import, or use an installed Pulumi'
    )


def test_cancel_is_not_the_end_of_it() -> None:
    with running_host() as (process, stub):
        stub.Cancel(empty_pb2.Empty())

        assert stub.GetPluginInfo(empty_pb2.Empty()).version
        assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_on_the_engines_signal(number: signal.Signals) -> None:
    with running_host() as (process, _):
        process.send_signal(number)
        out, err = process.communicate(timeout=5)

    assert (process.returncode, out, err) == (0, "", "")


def test_it_starts_without_loading_the_sdk() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import language_host;"
        "print(sorted(name for name in sys.modules if name in"
        " ('pulumi.resource', 'pulumi.output', 'pulumi.automation')))"
    )

    printed = subprocess.run(
        [sys.executable, "-P", "-c", code, str(HOST.parent)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert printed == "[]\n"


def test_a_program_runs_with_the_virtual_environment_that_its_project_names(tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)

    assert python_for(str(tmp_path), {"virtualenv": "env"}) == str(python)
    assert python_for(str(tmp_path), {"virtualenv": "absent"}) == sys.executable
    assert python_for(str(tmp_path), {}) == sys.executable


def test_without_the_sandboxs_environment_the_wrapper_says_how_to_run_it(tmp_path: Path) -> None:
    from sandbox.toolchain import write_host_wrapper

    write_host_wrapper(tmp_path)
    process = subprocess.run(
        [tmp_path / "pulumi-language-python"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode != 0
    assert process.stderr.strip().endswith(
        "SEG_SANDBOX_PYTHON: run this engine with: python -m sandbox pulumi -- ARGS"
    )


@pytest.mark.engine
def test_a_run_error_is_its_text_without_a_traceback(little: Callable[[str], Pulumi]) -> None:
    pulumi = little('raise pulumi.RunError("config/Pulumi.dev.yaml:3: no such feature.")\n')
    pulumi.init("dev")

    with pytest.raises(CommandFailed) as caught:
        pulumi.preview("dev")

    text = caught.value.result.text
    assert "error: config/Pulumi.dev.yaml:3: no such feature.\n" in text
    assert "Traceback" not in text


@pytest.mark.engine
def test_any_other_exception_is_shown_once_from_the_users_own_line_on(
    little: Callable[[str], Pulumi],
) -> None:
    pulumi = little("def f():\n    raise KeyError('x')\n\nf()\n")
    pulumi.init("dev")

    with pytest.raises(CommandFailed) as caught:
        pulumi.preview("dev")

    text = caught.value.result.text
    assert text.count("KeyError: 'x'") == 1
    assert text.count("Traceback") == 1
    assert "runpy" not in text
    assert "non-zero exit code" not in text


@pytest.mark.engine
def test_a_program_that_exits_by_itself_is_an_error(little: Callable[[str], Pulumi]) -> None:
    pulumi = little("import os\nos._exit(7)\n")
    pulumi.init("dev")

    with pytest.raises(CommandFailed) as caught:
        pulumi.preview("dev")

    assert "Program exited with non-zero exit code: 7" in caught.value.result.text


@pytest.mark.engine
def test_host_and_program_are_gone_soon_after_the_engine_is_killed(
    little: Callable[[str], Pulumi], tmp_path: Path
) -> None:
    pulumi = little(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path)!r}, 'pids').write_text(f'{{os.getppid()}} {{os.getpid()}}')\n"
        "time.sleep(60)\n"
    )
    pulumi.init("dev")
    engine = subprocess.Popen(
        [
            pulumi.engine.cli,
            "preview",
            "--stack",
            "dev",
            "--non-interactive",
            "--config-file",
            str(pulumi.environment.config_file("dev")),
        ],
        cwd=pulumi.cwd,
        env=pulumi.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "pids").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.1)
    host, child = map(int, (tmp_path / "pids").read_text("utf-8").split())

    assert command_line(host) is not None
    assert command_line(child) is not None
    engine.kill()
    engine.wait()
    gone = gone_within(3, host, child)
    for pid in (host, child):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    assert gone


@pytest.mark.engine
def test_a_policy_pack_in_a_folder_stops_a_preview(
    little: Callable[[str], Pulumi], tmp_path: Path
) -> None:
    pulumi = little('Thing("one")\n')
    pulumi.init("dev")
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n", "utf-8")
    (pack / "__main__.py").write_text(
        "from pulumi_policy import *\n"
        "def no(args, report):\n"
        "    report('not today')\n"
        "PolicyPack('p', [ResourceValidationPolicy(name='none', description='none', validate=no,\n"
        "    enforcement_level=EnforcementLevel.MANDATORY)])\n",
        "utf-8",
    )

    with pytest.raises(CommandFailed) as caught:
        pulumi.preview("dev", "--policy-pack", str(pack))

    assert "[mandatory]" in caught.value.result.text
    assert "not today" in caught.value.result.text
