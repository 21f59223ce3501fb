"""`make up` and `make down`, with the shipped stacks, and after everything that can go wrong."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sandbox import driver, plugins, processes, recovery, seed, stacks, teardown
from sandbox.commands import CommandFailed, Result
from sandbox.environment import PROJECT, Environment
from sandbox.errors import SandboxError
from sandbox.locks import BUSY, lock
from sandbox.progress import Progress
from sandbox.runner import Pulumi
from segfw.cli.main import main as segfw
from segfw.problems import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine

# The command line with its state in the folder that is its first argument.
ELSEWHERE = (
    "import functools, pathlib, signal, sys, sandbox.__main__ as cli\n"
    "root = pathlib.Path(sys.argv.pop(1))\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # who runs us may ignore it
    "cli.Environment = functools.partial(cli.Environment, root=root)\n"
    "cli.run()\n"
)

AWS, AZURE = "aws-dev-us-east-1", "azure-prod-westeurope"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    made = Environment(root=tmp_path / "sandbox")
    yield made
    processes.stop_all(made)


def up(environment: Environment, *names: str, began: float | None = None) -> tuple[int, str]:
    said = io.StringIO()
    code = driver.up(environment, names, Progress(stream=said), began=began)
    return code, said.getvalue()


def down(environment: Environment) -> tuple[int, str]:
    said = io.StringIO()
    return teardown.down(environment, Progress(stream=said)), said.getvalue()


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

    first = up(environment, AWS, AZURE, began=time.time() - 100)
    exported = [
        json.loads((environment.state / f"{name}.json").read_text()) for name in (AWS, AZURE)
    ]
    compared = [
        CliRunner()
        .invoke(
            segfw,
            [
                *("diff", name, "--config-dir", str(environment.config)),
                *("--state", str(environment.state / f"{name}.json")),
            ],
        )
        .stdout
        for name in (AWS, AZURE)
    ]
    second = up(environment, AWS, AZURE)
    moto = processes.find(environment, processes.MOTO)
    last = down(environment)

    assert (first[0], second[0], last[0]) == (0, 0, 0), first[1] + second[1] + last[1]
    assert " created (" in first[1]
    assert "This is not a cloud" in first[1]
    assert f"--state {environment.state / AWS}.json" in first[1]
    for name, text in zip((AWS, AZURE), compared, strict=True):
        assert text.startswith(f"{name}: no difference: ")
    assert re.search(r"\n1\d\d s in all: environment 100 s, stack files \d+ s, ", first[1])
    for name, state in zip((AWS, AZURE), exported, strict=True):
        count = sum(
            not each["type"].startswith("pulumi:providers")
            for each in state["deployment"]["resources"]
        )
        assert f"{name}: unchanged: {count} resources (" in second[1]
    assert teardown.FAIL_OPEN in last[1]
    assert "moto: ended.\n" in last[1]
    assert (
        f"\nKept: {environment.logs} (the logs), {environment.root / 'lock'} (an empty " in last[1]
    )
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
    with subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, str(environment.root), "up", AWS],
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
    assert errors == "\nStopped. `make up` goes on from here; `make down` destroys what there is.\n"
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

    assert str(caught.value) == BUSY


def test_problems_are_all_printed_as_check_prints_them_and_nothing_is_made(
    environment: Environment, tmp_path: Path
) -> None:
    words = [
        sys.executable,
        "-c",
        ELSEWHERE,
        str(environment.root),
        "up",
        AWS,
        "aws-lap",
        "azure-lap",
    ]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'config/Pulumi.aws-lap.yaml: there is no such file; did you mean "aws-lab"?\n'
        'config/Pulumi.azure-lap.yaml: there is no such file; did you mean "azure-lab"?\n'
        "2 problems.\n"
        "Nothing was brought up.\n"
    )
    assert not environment.root.exists()


def test_a_stack_with_a_problem_stops_before_an_engine_is_looked_for(
    environment: Environment,
) -> None:
    with pytest.raises(ProblemsFound):
        up(environment, AZURE, "aws-lap")

    assert not environment.root.exists()


def test_an_up_that_did_not_work_says_why_and_shows_no_way_to_look_around(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacks, "for_azure", lambda file, group: "config: {}\n")

    code, said = up(environment, AZURE)

    assert code == 1
    assert f"{AZURE}: `pulumi up` ended with exit code 1; " in said
    assert f"\nNot brought up: {AZURE}; the reasons are above. " in said
    assert "Look around" not in said
    assert "again changes nothing" not in said


def test_down_names_and_destroys_the_stacks_of_other_programs(
    little: Callable[[str], Pulumi], monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = little('Thing("one")\n')
    for stack in ("dev", AWS):  # the second has the name of one of ours
        pulumi.init(stack)
        pulumi.up(stack)

    code, said = down(pulumi.environment)

    assert code == 0, said
    assert said.startswith(
        f"Of programs of your own, to be destroyed too: little/{AWS}, little/dev.\n"
    )
    assert f"little/{AWS}: 2 deleted.\n" in said
    assert "little/dev: 2 deleted.\n" in said
    assert not pulumi.environment.backend.exists()


def test_down_keeps_the_last_state_of_a_stack_that_it_cannot_destroy(
    little: Callable[[str], Pulumi], monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = little('Thing("one")\n')
    pulumi.init("dev")
    pulumi.up("dev")

    def refused(self: Pulumi, stack: str, **options: object) -> Result:
        command = ("pulumi", "destroy")
        raise CommandFailed(Result(command=command, code=1, stdout="", stderr="no\n"))

    monkeypatch.setattr(Pulumi, "destroy", refused)
    code, said = down(pulumi.environment)

    last = pulumi.environment.logs / "little-dev.state.json"
    types = [each["type"] for each in json.loads(last.read_text())["deployment"]["resources"]]
    assert code == 1
    assert f"little/dev: not destroyed; its last state is in {last}. " in said
    assert "little:index:Thing" in types


def test_down_without_an_engine_names_every_state_that_goes(
    little: Callable[[str], Pulumi], monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = little("")
    pulumi.init("dev")
    monkeypatch.setattr(teardown, "find_engine", lambda tools: None)

    code, said = down(pulumi.environment)

    assert code == 1
    assert "little/dev: no engine to destroy it; its state was thrown away.\n" in said
