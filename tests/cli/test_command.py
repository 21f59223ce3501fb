"""The command as it is started: help, version, what it loads, and what it does on a terminal."""

from __future__ import annotations

import gc
import os
import re
import runpy
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from segfw.cli import write
from segfw.cli.main import COMMANDS, main, stack_file, today
from segfw.review.sections import Item, Section, Table
from tests.cli.calling import SMALL

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import sys
from segfw.cli.main import main
for command in main.list_commands(None):
    main.get_command(None, command)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def started(*words: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        check=False,
        cwd=cwd,
        env=environment,
        text=True,
        timeout=60,
    )


def test_no_command_loads_pulumi_a_cloud_or_a_terminal_library():
    loaded = set(started("-c", LOADED).stdout.split())

    assert "segfw" in loaded
    assert not {name for name in loaded if name.startswith("pulumi")}
    assert not loaded & {"moto", "boto3", "botocore", "rich", "grpc", "flask", "hypothesis"}


def test_the_module_is_the_command():
    ran = started("-m", "segfw", "--version")

    assert (ran.returncode, ran.stdout, ran.stderr) == (
        0,
        f"segfw, version {version('seg-firewall')}\n",
        "",
    )


def test_the_installed_command_is_the_same():
    script = Path(sys.executable).with_name("segfw")
    ran = subprocess.run([script, "--version"], capture_output=True, check=True, text=True)

    assert ran.stdout == f"segfw, version {version('seg-firewall')}\n"


def test_a_piped_plan_is_whole_lines_without_colour(tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    (config / "Pulumi.small.yaml").write_text(SMALL, encoding="utf-8")
    ran = started("-m", "segfw", "plan", "small", cwd=tmp_path, COLUMNS="40", FORCE_COLOR="1")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\x1b" not in ran.stdout
    assert (
        "  attached elsewhere: whoever owns the network interface adds the output "
        "securityGroupIds.data; until then it protects nothing.\n"
    ) in ran.stdout


def test_problems_of_a_piped_call_have_no_colour_and_no_traceback(tmp_path):
    ran = started("-m", "segfw", "plan", "small", cwd=tmp_path)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "config/Pulumi.small.yaml: there is no such file, nor any other stack's in config/; run "
        "this in the project's folder, or name the folder of the stack files with --config-dir.\n"
        "1 problem.\n"
    )


@pytest.mark.parametrize("command", [None, *COMMANDS])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_has_examples_that_start_with_the_command(command, flag):
    words = [command, flag] if command else [flag]
    result = CliRunner().invoke(main, words)

    assert result.exit_code == 0
    examples = result.stdout.partition("  Examples:\n")[2].splitlines()
    assert examples
    assert all(line.startswith(f"    segfw {command or ''}") for line in examples)


def test_help_lists_each_command_with_a_whole_sentence_on_one_line():
    text = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout
    listed = text.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()

    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert all(re.fullmatch(r"  [a-z]+ +[A-Z][^.]*\.", line) for line in listed)


def test_help_imports_no_command():
    code = "import sys\nfrom segfw.cli.main import main\n"
    code += "try:\n    main(['--help'])\nfinally:\n    print(*sys.modules)\n"
    loaded = set(started("-c", code).stdout.rpartition("\n\n")[2].split())

    assert "segfw.cli.main" in loaded
    assert not loaded & {listed.module for listed in COMMANDS.values()}


STATUSES = {
    "init": "0123",
    "plan": "0123",
    "check": "0123",
    "prove": "0123",
    "explain": "01234",
    "diff": "01234",
    "report": "0123",
    "export": "0123",
    "permissions": "0123",
    "adopt": "0123",
    "policy": "01234",
    "waivers": "0123",
    "settings": "012",
    "features": "02",
    "rows": "02",
    "recover": "012",
    "catalog": "0123",
    "completion": "02",
    None: "0123",
}
OF_POLICY = {
    "0": "no mandatory guardrail is violated, or a waiver covers what is",
    "1": "a stack file, the state or the register of waivers has problems",
    "2": "the call cannot be read: an unknown command, option or name",
    "3": "a proof does not hold: a bug of seg-firewall, nothing was made",
    "4": "a mandatory guardrail is violated; with --strict, any",
}
MEANT = {
    "0": "everything holds, or what was asked for is shown",
    "1": "a stack file has problems, or there is no such stack",
    "2": "the call cannot be read: an unknown command, option or name",
    "3": "a proof does not hold: a bug of seg-firewall, nothing was made",
}
OF_DIFF = {
    **MEANT,
    "0": "nothing changes, or one update can make the change",
    "1": "one update cannot make the change, or a stack file, state or revision has problems",
    "4": "with --exit-code: something changes, and one update can make it",
}
OF_RECOVER = {
    "0": "the stack is unchanged: a preview shows nothing to do",
    "1": "something is left to do: a step was declined, only said, or did not work",
    "2": "the call cannot be read: an unknown option or name",
}
OF_INIT = {
    **MEANT,
    "0": "the file is written, compiles and is proven",
    "1": "the file is there already, cannot be written or is over a quota, or you left a question",
    "2": "a flag is wrong or missing: each is named, and nothing is written",
}
OF_ADOPT = {
    **MEANT,
    "0": "every rule of the cloud is explained, or a first stack is written that compiles",
    "1": "a rule is not explained or placed, something is missing, or a file has problems",
}
OF_EXPLAIN = {
    "0": "allowed",
    "1": "denied, or a part of it is",
    "2": "the question, the stack file or the state cannot be read",
    "3": "a proof does not hold: a bug of seg-firewall, nothing was made",
    "4": "not known: it depends on what is not read here, such as members of a prefix list",
}


@pytest.mark.parametrize(("command", "statuses"), STATUSES.items())
def test_help_says_every_exit_status_that_a_command_has(command, statuses):
    text = CliRunner().invoke(main, [command, "--help"] if command else ["--help"]).stdout
    said = text.partition("  Exit status:\n")[2].partition("\n\n")[0].splitlines()

    meant = {
        "init": OF_INIT,
        "recover": OF_RECOVER,
        "diff": OF_DIFF,
        "explain": OF_EXPLAIN,
        "policy": OF_POLICY,
        "adopt": OF_ADOPT,
    }.get(command, MEANT)
    assert said == [f"    {one}  {meant[one]}" for one in statuses]


def test_every_command_has_its_statuses_tested():
    assert set(STATUSES) == {None, *COMMANDS}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the stack ``one`` in config/ and ``two`` in other/."""
    for folder, stack in (("config", "one"), ("other", "two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"Pulumi.{stack}.yaml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("named", "folder", "stack"),
    [
        ("one", "config", "one"),
        ("acme/mail/one", "config", "acme/mail/one"),
        ("config/Pulumi.one.yaml", "config", "one"),
        ("./config/Pulumi.one.yaml", "config", "one"),
        ("Pulumi.one.yaml", "config", "one"),  # not in this folder, so in that of the stacks
        ("other/Pulumi.two.yaml", "other", "two"),  # a file that is there says its folder
        ("other/Pulumi.gone.yaml", "config", "gone"),
        ("one.yaml", "config", "one.yaml"),
    ],
)
def test_a_stack_is_named_or_its_file_is(here, named, folder, stack):
    assert stack_file(named, Path("config")) == (here / folder, stack)


def test_a_file_in_the_folder_of_the_call_is_found(here, monkeypatch):
    monkeypatch.chdir(here / "other")

    assert stack_file("Pulumi.two.yaml", Path("config")) == (here / "other", "two")


def test_an_unknown_command_is_a_wrong_call():
    result = CliRunner().invoke(main, ["deploy"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("Error: No such command 'deploy'.\n")


class Terminal:
    """A terminal of a given width."""

    def __init__(self, monkeypatch, columns: int) -> None:
        monkeypatch.setattr(write.sys, "stdout", self)
        size = os.terminal_size((columns, 24))
        monkeypatch.setattr(write.shutil, "get_terminal_size", lambda: size)

    def isatty(self) -> bool:
        return True


LONG = " ".join(["word"] * 60)
"""60 words of 4 letters with 59 spaces between: 299 characters."""


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        (80, 80),
        (500, 160),  # never beyond 160
        (5, 40),  # never below 40
    ],
)
def test_lines_are_wrapped_to_the_terminal_within_bounds(monkeypatch, columns, width):
    Terminal(monkeypatch, columns)
    heading, first, *rest = write.plain_text([Section("Title", (LONG,))]).splitlines()

    assert heading == "\x1b[1mTitle\x1b[0m"
    assert first.startswith("  word")
    assert all(line.startswith("    word") for line in rest)
    lines = [first, *rest]
    assert max(len(line) for line in lines) <= width
    assert max(len(line) for line in lines) > width - len(" word")
    assert " ".join(line.strip() for line in lines) == LONG


def test_a_terminal_keeps_names_and_words_whole(monkeypatch):
    Terminal(monkeypatch, 40)
    name = "data-in-tcp-22-2001-db8-0-0-0-0-0-1_128-and-more"
    text = write.plain_text([Section("T", (name,), Table(("A", "B"), (("x" * 50, "y" * 50),)))])

    assert f"  {name}" in text.splitlines()
    assert text.splitlines()[-2:] == [f"  {'x' * 50}", f"      {'y' * 50}"]


RULE_TABLE = Table(
    ("Peer", "Why"),
    (
        ("10.0.0.0/8 (admins)", "ssh-admin (row 2)"),
        ("any", "updates (rows 9, 10, 24), ldap (row 19)"),
    ),
)


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (
            80,
            [
                "  Peer                 Why",
                "  10.0.0.0/8 (admins)  ssh-admin (row 2)",
                "  any                  updates (rows 9, 10, 24), ldap (row 19)",
            ],
        ),
        (
            50,
            [
                "  Peer                 Why",
                "  10.0.0.0/8 (admins)  ssh-admin (row 2)",
                "  any                  updates (rows 9, 10, 24),",
                "                       ldap (row 19)",
            ],
        ),
        (
            46,  # the last column has 24 characters at least, and the widest other gives way
            [
                "  Peer                Why",
                "  10.0.0.0/8 (admins)  ssh-admin (row 2)",
                "  any                 updates (rows 9, 10,",
                "                      24), ldap (row 19)",
            ],
        ),
    ],
)
def test_a_tables_last_column_is_wrapped_to_the_terminal(monkeypatch, columns, lines):
    Terminal(monkeypatch, columns)
    found = write.plain_text([Section("T", (), RULE_TABLE)]).splitlines()[1:]

    assert found == lines
    assert max(len(line) for line in found) <= columns


def test_one_long_word_costs_no_other_row_its_line(monkeypatch):
    Terminal(monkeypatch, 80)
    hosts = "0.0.0.0/0 (downloads.ironport.com, updates.ironport.com)"
    table = Table(("Peer", "Why"), ((hosts, "updates (rows 9, 10, 24)"), ("any", "ldap (row 19)")))

    assert write.plain_text([Section("T", (), table)]).splitlines()[1:] == [
        "  Peer                                                  Why",
        f"  {hosts}",
        "      updates (rows 9, 10, 24)",
        "  any                                                   ldap (row 19)",
    ]


def test_off_a_terminal_a_table_has_one_line_to_a_row():
    reason = ", ".join(["updates (rows 9, 10, 24)"] * 40)

    assert write.plain_text([Section("T", (), Table(("Peer", "Why"), (("any", reason),)))]) == (
        f"T\n  Peer  Why\n  any   {reason}\n"
    )


ITEM = Item("[ ] ssh: Do it", ("Because of <it>.", "Confirm."), ("sshconfig", "  a < b", "commit"))


def test_an_item_has_its_notes_and_commands_below_it():
    assert write.plain_text([Section("T", items=(ITEM,))]) == (
        "T\n"
        "  [ ] ssh: Do it\n"
        "      Because of <it>.\n"
        "      Confirm.\n"
        "          sshconfig\n"
        "            a < b\n"
        "          commit\n"
    )


def test_commands_are_copied_from_markdown_as_they_stand():
    assert write.markdown_text([Section("T", items=(ITEM, Item("[x] b")))]) == (
        "# T\n\n"
        "- [ ] ssh: Do it\n\n"
        "  Because of \\<it>.\n\n"
        "  Confirm.\n\n"
        "  ```text\n"
        "  sshconfig\n"
        "    a < b\n"
        "  commit\n"
        "  ```\n\n"
        "- [x] b\n"
    )


def test_commands_are_never_wrapped(monkeypatch):
    Terminal(monkeypatch, 40)
    command = "ipaccess 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"
    text = write.plain_text([Section("T", items=(Item("a", (), (command,)),))])

    assert f"          {command}" in text.splitlines()


def test_off_a_terminal_no_line_is_too_long_to_stay_whole():
    line = "0" * 8_000 + " " + "1" * 8_000

    assert write.plain_text([Section("T", (line,))]) == f"T\n  {line}\n"


def test_columns_are_as_wide_as_their_widest_word():
    table = Table(("Peer", "Why"), (("10.0.0.0/8", "a"), ("any", "because")))

    assert write.plain_text([Section("T", (), table)]) == (
        "T\n  Peer        Why\n  10.0.0.0/8  a\n  any         because\n"
    )


def test_markdown_keeps_what_looks_like_html_or_a_column():
    table = Table(("Peer",), (("<prefix list a|b>",),))

    assert write.markdown_text([Section("T", ("write <who>",), table)]) == (
        "# T\n\n- write \\<who>\n\n| Peer |\n| --- |\n| \\<prefix list a\\|b> |\n"
    )


def test_markdown_without_lines_goes_straight_to_the_table():
    assert write.markdown_text([Section("T", (), Table(("A",), (("b",),)))]) == (
        "# T\n\n| A |\n| --- |\n| b |\n"
    )


class Ended(BaseException):
    """Stands for the end of the process."""


def ended_at(monkeypatch, *words):
    """The status that the process ends with at once, after `segfw` with *words*."""

    def end(status):
        raise Ended(status)

    monkeypatch.setattr(sys, "argv", ["segfw", *words])
    monkeypatch.setattr(os, "_exit", end)
    try:
        with pytest.raises((Ended, SystemExit)) as ended:
            runpy.run_module("segfw", run_name="__main__")
    finally:
        gc.enable()  # a command never collects; this process lives on
    return ended.value


@pytest.mark.parametrize(("words", "status"), [(["--version"], 0), (["no-such-command"], 2)])
def test_the_command_ends_its_process_at_once_with_its_status(monkeypatch, words, status):
    ended = ended_at(monkeypatch, *words)

    assert (type(ended), ended.args) == (Ended, (status,))


def test_what_cannot_be_written_at_the_end_is_left_for_python_to_say(monkeypatch):
    class Full:
        def flush(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("segfw.cli.main.main", lambda: sys.exit(0))
    monkeypatch.setattr(sys, "stdout", Full())

    assert isinstance(ended_at(monkeypatch), SystemExit)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_no_success():
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "segfw", "plan", "aws-lab"],
            check=False,
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert (ran.returncode, ran.stderr) == (
        1,
        "Error: the output cannot be written: No space left on device.\n",
    )


def test_today_is_the_readers_day():
    before = date.today()

    assert before <= today() <= date.today()
