"""What the documents say can be followed: links, commands, examples, messages."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import click
import pytest
from click.testing import CliRunner

import segfw.cli.check
from sandbox.__main__ import main as sandbox
from segfw.cli.load import load_plan
from segfw.cli.main import main
from tests.docs.pages import ROOT, anchors, blocks, links, pages, prose_lines, shown
from tests.shipped import CONFIG, GOLDENS, TODAY

MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|Users|usr|var|opt|mnt|shared)/")
SPACES = re.compile(r"\s+")
WRITTEN = [page for page in pages() if "reference" not in page.parts]


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_links_lead_somewhere(page):
    broken = []
    for number, target in links(page):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (fragment and fragment not in anchors(there)):
            broken.append(f"{shown(page)}:{number}: {target}")

    assert broken == []


def test_every_page_is_reached_from_the_index():
    index = ROOT / "docs" / "index.md"
    reached = {(index.parent / target).resolve() for _, target in links(index)}

    assert [shown(p) for p in pages() if "docs" in p.parts and p not in {*reached, index}] == []


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_no_page_names_a_machine_path(page):
    assert [line for line in page.read_text("utf-8").splitlines() if MACHINE.search(line)] == []


@pytest.mark.parametrize("page", WRITTEN, ids=shown)
def test_prose_has_one_sentence_to_a_line(page):
    """List items and table cells may hold several; a paragraph's line holds one."""
    several = [
        f"{shown(page)}:{number}: {line}"
        for number, line in prose_lines(page)
        if not re.match(r"\s*([-|#*<]|\d+\.)", line) and re.search(r"[a-z`)][.?!] [A-Z]", line)
    ]

    assert several == []


def commands():
    """Every command line in a block of shell, with its page."""
    for page in pages():
        for block in blocks(page):
            if block.language == "sh":
                for line in block.text.splitlines():
                    yield page, line


SEGFW = [(p, line) for p, line in commands() if line.startswith("segfw ")]
MAKE = [(p, line) for p, line in commands() if line.startswith("make ")]
SANDBOX = [(p, line) for p, line in commands() if "-m sandbox" in line]


def words(line):
    """The words of one command: what is piped or redirected is not its own."""
    return shlex.split(re.split(r"\s(?:\||>|&&)\s", line)[0], comments=True)


def parses(command, arguments, name):
    """Parses *arguments* as click would, without running anything."""
    context = command.make_context(name, list(arguments), help_option_names=["-h", "--help"])
    if isinstance(command, click.Group) and context._protected_args:
        inner, *rest = [*context._protected_args, *context.args]
        found = command.get_command(context, inner)
        assert found is not None, f"{name} has no command {inner}"
        found.make_context(inner, rest, parent=context)


def test_there_are_commands_to_check():
    assert len(SEGFW) >= 5
    assert SANDBOX
    assert MAKE


@pytest.mark.parametrize(("page", "line"), SEGFW, ids=[line for _, line in SEGFW])
def test_a_segfw_command_that_is_shown_exists(page, line):
    arguments = words(line)[1:]
    if arguments != ["--version"]:
        parses(main, arguments, "segfw")


def test_segfw_commands_in_prose_exist():
    spans = re.compile(r"`segfw ([a-z]+)([^`]*)`")
    unknown = []
    for page in pages():
        for match in spans.finditer(page.read_text("utf-8")):
            command = main.get_command(None, match[1])
            options = {name for p in command.params for name in p.opts} if command else set()
            if command is None or set(re.findall(r"--[a-z-]+", match[2])) - options:
                unknown.append(f"{shown(page)}: {match[0]}")

    assert unknown == []


@pytest.mark.parametrize(("page", "line"), SANDBOX, ids=[line for _, line in SANDBOX])
def test_a_sandbox_command_that_is_shown_exists(page, line):
    command = re.search(r"-m sandbox ([a-z]+)", line)[1]

    assert command in sandbox.commands


def test_make_targets_that_are_shown_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    named = {words(line)[1] for _, line in MAKE}
    for page in pages():
        named |= set(re.findall(r"`make ([a-z-]+)", page.read_text("utf-8")))

    assert named - targets == set()


def yaml_stacks():
    """Whole stack files that pages show."""
    for page in WRITTEN:
        for block in blocks(page):
            if block.language == "yaml" and "\nconfig:" in f"\n{block.text}":
                yield page, block


@pytest.mark.parametrize(
    ("page", "block"), list(yaml_stacks()), ids=lambda x: getattr(x, "line", "")
)
def test_a_stack_file_that_is_shown_plans(page, block, tmp_path):
    shutil.copytree(CONFIG, tmp_path / "config")
    (tmp_path / "config" / "Pulumi.shown.yaml").write_text(block.text + "\n", encoding="utf-8")

    assert load_plan(tmp_path / "config", "shown", TODAY).rule_sets


def test_the_first_stack_is_copied_as_shown_and_no_shipped_file_is_edited(tmp_path):
    page = "docs/first-stack.md"
    shell = [words(line) for p, line in commands() if shown(p) == page]
    copies = [line for line in shell if line[:1] == ["cp"]]
    edited = {name for line in shell if line[:1] == ["$EDITOR"] for name in line[1:]}
    shutil.copytree(CONFIG, tmp_path / "config")
    for line in copies:
        subprocess.run(line, cwd=tmp_path, check=True)
    stack = tmp_path / "config" / "Pulumi.mail-dev.yaml"
    imports = re.search(r"imports: \[base, acme[^]]*\]", (ROOT / page).read_text("utf-8"))[0]
    stack.write_text(re.sub(r"imports: \[.*\]", imports, stack.read_text("utf-8")), "utf-8")

    assert load_plan(tmp_path / "config", "mail-dev", TODAY).rule_sets
    assert edited <= {target for _, _, target in copies}


def test_excerpts_of_plans_are_from_the_goldens():
    golden = {
        SPACES.sub(" ", line).strip()
        for path in GOLDENS.glob("*.txt")
        for line in path.read_text("utf-8").splitlines()
    }
    foreign = [
        f"{shown(page)}: {line}"
        for page in (ROOT / "docs" / "read-a-plan.md", ROOT / "docs" / "network-acls.md")
        for block in blocks(page)
        if block.language == "text"
        for line in block.text.splitlines()
        if line.strip() not in ("", "...") and SPACES.sub(" ", line).strip() not in golden
    ]

    assert foreign == []


EDITS = {
    "a misspelt feature": ("new-ui: {}", "new-iu: {}"),
    "an unquoted release": ('"15.5"', "15.5"),
    "host bits": ("10.21.10.0/24", "10.21.10.5/24"),
    "a missing network": ("new-ui: {}", "ldap: {}"),
    "a missing import": ("company, us-east-1]", "company, us-east-2]"),
    "public administrators": (
        "icmp-echo: {}",
        "ssh-admin: {from: [pub]}\n  seg-firewall:networks: {pub: [198.51.100.0/28]}",
    ),
    "too many administrators": (
        "icmp-echo: {}",
        "ssh-admin: {from: [wide]}\n  seg-firewall:networks: {wide: [10.0.0.0/8]}",
    ),
    "mail inside": ("external: true", "external: false"),
}


def quoted_messages():
    page = ROOT / "docs" / "troubleshooting.md"
    return {block.text for block in blocks(page) if block.language == "text"}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_quoted_message_is_what_is_printed(edit, tmp_path, monkeypatch):
    shutil.copytree(CONFIG, tmp_path / "config")
    text = (CONFIG / "Pulumi.aws-dev-us-east-1.yaml").read_text("utf-8")
    assert edit[0] in text
    (tmp_path / "config" / "Pulumi.mail-dev.yaml").write_text(text.replace(*edit), "utf-8")

    monkeypatch.chdir(tmp_path)
    with patch.object(segfw.cli.check, "today", lambda: TODAY):
        result = CliRunner().invoke(main, ["check", "mail-dev"])

    assert result.exit_code == 1
    assert set(result.stderr.splitlines()) & quoted_messages()


def test_as_many_messages_are_quoted_as_are_tried():
    assert len(quoted_messages()) == len(EDITS)


PROGRAM = """
import pulumi


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        print(args.typ)
        return f"{args.name}-id", args.inputs

    def call(self, args):
        return {}


pulumi.runtime.set_mocks(Mocks(), project="shown", stack="shown", preview=False)
"""
EPILOGUE = """

@pulumi.runtime.test
def done():
    return pulumi.Output.from_input(None)


done()
"""


def python_blocks():
    page = ROOT / "docs" / "use-from-your-program.md"
    return [block for block in blocks(page) if block.language == "python"]


@pytest.mark.parametrize("block", python_blocks(), ids=lambda block: f"line {block.line}")
def test_a_program_that_is_shown_runs(block, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM + block.text + EPILOGUE, encoding="utf-8")
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", str(program)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    if "SecureEmailGatewayFirewall(" in block.text:
        assert "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule" in finished.stdout


def test_decisions_are_numbered_and_have_their_three_parts():
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    parts = ["## Context", "## Decision", "## Consequences"]

    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        lines = path.read_text("utf-8").splitlines()
        assert lines[0].startswith(f"# {int(path.name[:4])}. ")
        assert [line for line in lines if line.startswith("## ")] == parts
        assert len(lines) <= 50


def test_the_day_of_the_goldens_is_the_one_that_contributing_names():
    assert f"as of {TODAY.isoformat()}" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
