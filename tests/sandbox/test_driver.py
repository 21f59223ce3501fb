"""`make up` and `make down`, with the shipped stacks, and after everything that can go wrong."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sandbox import driver, plugins, processes, recovery, seed, stacks
from sandbox.environment import PROJECT, Environment
from sandbox.errors import SandboxError
from sandbox.locks import lock
from sandbox.progress import Progress
from sandbox.runner import Pulumi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine

AWS, AZURE = "aws-dev-us-east-1", "azure-prod-westeurope"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    made = Environment(root=tmp_path / "sandbox")
    yield made
    processes.stop_all(made)


def up(environment: Environment, *names: str) -> tuple[int, str]:
    said = io.StringIO()
    return driver.up(environment, names, Progress(stream=said)), said.getvalue()


def down(environment: Environment) -> tuple[int, str]:
    said = io.StringIO()
    return driver.down(environment, Progress(stream=said)), said.getvalue()


def wait_for_calls(environment: Environment, count: int) -> None:
    """Return when the stand-in AWS has been asked for *count* rules."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (
            environment.calls.exists()
            and environment.calls.read_bytes().count(b"Authorize") >= count
        ):
            return
        time.sleep(0.01)


def test_up_twice_and_down_is_created_unchanged_and_nothing_left(environment: Environment) -> None:
    files = {path: path.read_bytes() for path in (PROJECT / "config").rglob("*") if path.is_file()}

    first = up(environment, AWS, AZURE)
    exported = [
        json.loads((environment.state / f"{name}.json").read_text()) for name in (AWS, AZURE)
    ]
    second = up(environment, AWS, AZURE)
    moto = processes.find(environment, processes.MOTO)
    last = down(environment)

    assert (first[0], second[0], last[0]) == (0, 0, 0), first[1] + second[1] + last[1]
    assert " created (" in first[1]
    assert "This is not a cloud" in first[1]
    for name, state in zip((AWS, AZURE), exported, strict=True):
        count = sum(
            not each["type"].startswith("pulumi:providers")
            for each in state["deployment"]["resources"]
        )
        assert f"{name}: unchanged: {count} resources (" in second[1]
    assert driver.FAIL_OPEN in last[1]
    assert moto is not None
    assert processes.command_line(moto.pid) is None
    assert {path.name for path in environment.root.iterdir()} == {"logs", "lock"}
    assert files == {path: path.read_bytes() for path in files}
    assert down(environment) == (0, "Nothing is up.\n")


def test_a_moto_that_is_gone_takes_its_stacks_with_it_and_up_and_down_say_so(
    environment: Environment,
) -> None:
    up(environment, AWS)
    service = processes.find(environment, processes.MOTO)
    assert service is not None
    os.kill(service.pid, signal.SIGKILL)
    os.waitpid(service.pid, 0)

    code, said = up(environment, AWS)
    processes.stop_all(environment)
    last = down(environment)

    assert code == 0
    assert (
        "sandbox: moto, which keeps everything in memory, was not running; the stand-in AWS "
        f"starts empty, and the state of {AWS} was thrown away.\n"
    ) in said
    assert " created (" in said
    assert last[0] == 0
    assert f"{AWS}: its resources went with moto; its state was thrown away.\n" in last[1]


def test_an_engine_that_was_killed_in_the_middle_is_recovered_from(
    environment: Environment,
) -> None:
    environment.prepare()
    plugins.install(environment)
    file = stacks.read(AWS)
    moto = processes.start_moto(environment)
    network = seed.aws(moto.service.url, file.place, AWS, file.subnets)
    pulumi = Pulumi(environment)
    pulumi.configure(AWS, stacks.for_aws(file, network, moto.service.url))
    pulumi.init(AWS)
    engine = subprocess.Popen(
        [
            pulumi.engine.cli,
            "up",
            "--yes",
            "--skip-preview",
            "--stack",
            AWS,
            "--non-interactive",
            "--config-file",
            str(environment.config_file(AWS)),
        ],
        cwd=PROJECT,
        env=pulumi.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for_calls(environment, 4)
    engine.kill()
    engine.wait()
    pending = recovery.is_pending(pulumi, AWS)

    code, said = up(environment, AWS)
    again = up(environment, AWS)

    assert code == 0, said
    assert f"{AWS}: an earlier run was killed and left the stack locked; unlocked.\n" in said
    if pending:
        assert f"sandbox: an engine was killed in the middle of {AWS}; the stand-in AWS" in said
    assert f"{AWS}: unchanged: " in again[1]


def test_attributes_that_were_cut_off_in_the_writing_cost_nothing(environment: Environment) -> None:
    assert up(environment, AWS)[0] == 0
    pulumi = Pulumi(environment)
    (pulumi.stack_files / f"{AWS}.json.attrs").write_text("", "utf-8")

    code, said = up(environment, AWS)

    assert code == 0, said
    assert f"{AWS}: unchanged: " in said


def test_a_state_that_was_cut_off_in_the_writing_is_thrown_away(environment: Environment) -> None:
    assert up(environment, AWS)[0] == 0
    pulumi = Pulumi(environment)
    (pulumi.stack_files / f"{AWS}.json").write_text("", "utf-8")

    code, said = up(environment, AWS)

    assert code == 0, said
    assert f"{AWS}: its state was cut off in the writing, and was thrown away.\n" in said
    assert f"{AWS}: unchanged: " in up(environment, AWS)[1]


def test_ctrl_c_lets_what_runs_finish_and_the_next_up_goes_on(environment: Environment) -> None:
    code = (
        "import functools, pathlib, sys, sandbox.__main__ as cli\n"
        "root = pathlib.Path(sys.argv.pop(1))\n"
        "cli.Environment = functools.partial(cli.Environment, root=root)\n"
        "cli.run()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(environment.root), "up", AWS],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        wait_for_calls(environment, 4)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the engine as well
        _, errors = process.communicate(timeout=60)
    pulumi = Pulumi(environment)
    pending = recovery.is_pending(pulumi, AWS)

    code, said = up(environment, AWS)

    assert process.returncode == 130
    assert errors == "\nStopped. `make up` goes on from here; `make down` removes everything.\n"
    assert not pending
    assert code == 0
    assert "thrown away" not in said


def test_a_stack_that_an_engine_still_works_on_is_left_alone(
    little: Callable[[str], Pulumi],
) -> None:
    pulumi = little("")
    pulumi.init("dev")
    folder = pulumi.environment.backend / ".pulumi" / "locks" / "organization" / "little" / "dev"
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["pulumi", "30"], executable="/bin/sleep") as living:
        while processes.command_line(living.pid) is None:  # still on its way from fork to exec
            time.sleep(0.01)
        (folder / "a.json").write_text(json.dumps({"pid": living.pid}), "utf-8")
        with pytest.raises(SandboxError) as caught:
            recovery.unlock(pulumi, "dev", Progress(stream=io.StringIO()))
        living.kill()
    said = io.StringIO()
    recovery.unlock(pulumi, "dev", Progress(stream=said))

    assert str(caught.value) == (
        f"dev: an engine is still at work on it (process {living.pid}); "
        "wait for it to end, or end it, then run the same command again."
    )
    assert said.getvalue() == (
        "dev: an earlier run was killed and left the stack locked; unlocked.\n"
    )
    assert list(folder.iterdir()) == []


def test_a_second_make_up_at_the_same_time_is_refused(environment: Environment) -> None:
    environment.prepare()
    with (
        lock(environment.root / "lock", on_wait=None, busy=""),
        pytest.raises(SandboxError) as caught,
    ):
        up(environment, AZURE)

    assert str(caught.value) == driver.BUSY


def test_an_unknown_stack_is_refused_before_anything_starts(environment: Environment) -> None:
    with pytest.raises(SandboxError) as caught:
        up(environment, AZURE, "aws-lap")

    assert str(caught.value).startswith(
        'there is no stack file for "aws-lap" in config/; there are: '
    )
    assert not environment.root.exists()
