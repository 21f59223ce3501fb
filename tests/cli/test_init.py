"""`segfw init`: a file that compiles, or nothing and every reason at once."""

from __future__ import annotations

import errno
import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import segfw.cli.init
import segfw.cli.init_questions
from segfw.catalog import load_catalog
from segfw.cli.main import main
from segfw.settings.schema import text_of
from segfw.settings.yamltext import read_yaml
from tests.cli.calling import TODAY
from tests.shipped import CONFIG

ROOT = CONFIG.parent
SMALL = (
    "--cloud",
    "aws",
    "--region",
    "eu-central-1",
    "--environment",
    "dev",
    "--release",
    "15.0",
    "--interface",
    "data:management:internal",
    "--vpc",
    "vpc-1",
    "--feature",
    "ssh-admin",
    "--network",
    "admins=10.9.0.0/28",
)
FILE = "Pulumi.aws-dev-eu-central-1.yaml"
WITHOUT = "receive-mail,send-mail,deliver-inside,updates,talos,quarantine-https"
"""What base switches on that an interface for management alone has no role for."""


@pytest.fixture
def here(folder, monkeypatch):
    """An empty folder with the shared files that ship, and a day."""
    for module in (segfw.cli.init, segfw.cli.init_questions):
        monkeypatch.setattr(module, "today", lambda: TODAY)
    for path in (CONFIG / "shared").glob("*.yaml"):
        folder.shared(path.stem, path.read_text(encoding="utf-8"))
    return folder


def written(here) -> list[str]:
    return sorted(path.name for path in here.config.iterdir() if path.is_file())


def test_it_writes_a_file_that_checks_and_says_what_it_exposes(here):
    out = here.output("init", *SMALL).splitlines()

    assert out[:5] == [
        f'wrote config/{FILE}: 2 features, 2 rules in security group "data"; proven',
        "  from the internet: nothing",
        "  from any address, inside: icmp type 3 code 4 (pmtu) on data",
        "  managed by: admins (16 addresses): tcp 22 (ssh-admin) on data",
        "  to any address: nothing",
    ]
    assert written(here) == [FILE]
    assert here.output("check", "aws-dev-eu-central-1") == (
        "aws-dev-eu-central-1: 2 rules at 1 enforcement point, proven; 0 warnings.\n"
    )


def test_what_is_to_be_looked_at_is_said_at_once(here):
    words = [word.replace("15.0", "15.5") for word in SMALL]

    assert (
        "\n1 warning, to be looked at:\n  features: smart-licensing is off, and from 15.5 on the gateway does not "
        "work without it; write smart-licensing: {}.\nNext:\n"
    ) in here.output("init", *words)
    text = (here.config / FILE).read_text()
    assert (
        "    # smart-licensing: {} # out tcp 443 to smartreceiver.cisco.com; AsyncOS 15.5 and later do not work "
        "without it\n"
    ) in text


def test_it_says_the_commands_that_follow_and_where_the_schema_is(here):
    out = here.output("init", *SMALL)

    assert "\nNext:\n  segfw check aws-dev-eu-central-1\n  segfw plan aws-dev-eu-central-1\n" in out
    assert "  python -m sandbox up aws-dev-eu-central-1 " in out
    assert "  pulumi stack init aws-dev-eu-central-1 && pulumi preview && pulumi up\n" in out
    assert "copy config/stack.schema.json of the project to config/stack.schema.json" in out
    (here.config / "stack.schema.json").write_text(text_of(load_catalog()))
    out = here.output("init", *SMALL, "--name", "again")
    assert out.endswith(
        "config/stack.schema.json lets an editor explain and complete every key of the file.\n"
    )


def test_another_folder_stands_in_the_commands(here):
    out = here.output("init", *SMALL, "--config-dir", "other place")

    assert "  segfw check aws-dev-eu-central-1 --config-dir 'other place'\n" in out
    assert (here.config.parent / "other place" / FILE).is_file()


def test_the_file_goes_to_standard_output_alone(here):
    result = here.call("init", *SMALL, "--stdout")

    assert result.exit_code == 0
    assert read_yaml(result.stdout, "x").mapping().keys() == {"config"}
    assert result.stderr.startswith(
        'the file would have: 2 features, 2 rules in security group "data"; proven\n'
    )
    assert written(here) == []


def test_a_file_that_is_there_is_never_overwritten(here):
    here.stack("aws-dev-eu-central-1", "# mine\n")
    result = here.call("init", *SMALL)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: config/{FILE} is there already and is never overwritten; choose another name with --name.\n"
    )
    assert (here.config / FILE).read_text() == "# mine\n"


def test_what_is_only_printed_may_have_the_name_of_one_that_is_there(here):
    here.stack("aws-dev-eu-central-1", "# mine\n")

    assert here.call("init", *SMALL, "--stdout").exit_code == 0
    assert (here.config / FILE).read_text() == "# mine\n"


def test_not_even_where_it_comes_between(here, monkeypatch):
    path = here.config / FILE
    real = segfw.cli.init._planned

    def slow(start, catalog):
        path.write_text("# mine\n")
        return real(start, catalog)

    monkeypatch.setattr(segfw.cli.init, "_planned", slow)
    result = here.call("init", *SMALL)

    assert result.exit_code == 1
    assert "is there already and is never overwritten" in result.stderr
    assert path.read_text() == "# mine\n"
    assert written(here) == [FILE]  # and no draft beside it


def test_a_link_to_nowhere_is_there_already(here):
    (here.config / FILE).symlink_to(here.config / "gone")

    assert here.call("init", *SMALL).exit_code == 1
    assert not (here.config / "gone").exists()


def test_without_a_terminal_everything_missing_is_named_at_once(here):
    result = here.call("init")
    lines = result.stderr.splitlines()

    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.split(":")[0] for line in lines[:-1]] == [
        "--cloud",
        "--region",
        "--environment",
        "--release",
        "--interface",
        "--feature",
    ]
    assert lines[0] == "--cloud: missing (Cloud); write --cloud aws."
    assert lines[-1] == "Nothing was written."
    assert written(here) == []


def test_what_is_wrong_and_what_is_missing_are_said_together(here):
    words = [
        "init",
        "--cloud",
        "aws",
        "--environment",
        "tst",
        "--interface",
        "data:managment:external",
        "--feature",
        "ldpa",
    ]
    result = here.call(*words)

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        '--interface data:managment:external: "managment" is none of management, public, private, external, internal; did you mean "management"?',
        '--feature ldpa: features.ldpa: no such feature; did you mean "ldap"?',
        '--environment: gateway.environment: "tst" is none of dev, test, lab, prod; did you mean "test"?',
        "--region: missing (Region of the cloud); write --region eu-central-1.",
        "--release: missing (AsyncOS release of the gateways (known are 14.2, 15.0, 15.5, 16.0)); write --release 16.0.",
        "--vpc: missing (VPC of the gateways); write --vpc vpc-0a1b2c3d4e5f60001.",
        "Nothing was written.",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--feature", "talos:prefixLst=true"), 'did you mean "prefixList"?'),
        (("--network", "unused=10.0.0.0/99"), "--network unused: "),
        (("--name", ""), '"" is no name of a stack'),
        (("--name", "a/b"), '"a/b" is no name of a stack'),
        (("--set", "quotas.securityGroup.rules=99999"), "stack config: quotas.securityGroup: "),
        (("--import", "nowhere"), "there is no file config/shared/nowhere.yaml"),
        (("--set", "tags.a=off"), "the value is no YAML that everybody reads alike"),
    ],
)
def test_a_wrong_flag_writes_nothing(here, more, said):
    result = here.call("init", *SMALL, *more)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert written(here) == []


def test_what_is_wrong_in_an_import_keeps_its_file_and_line(here):
    here.shared("bad", "config:\n  seg-firewall:features:\n    ldpa: {}\n")
    result = here.call("init", *SMALL, "--import", "bad")

    assert result.exit_code == 2
    assert result.stderr.startswith(
        'config/shared/bad.yaml:3: features.ldpa: no such feature; did you mean "ldap"?\n'
    )


def test_what_does_not_fit_a_quota_is_said_at_its_flag(here):
    many = ",".join(f"10.9.{n}.0/28" for n in range(70))
    result = here.call("init", *SMALL[:-2], "--network", f"admins={many}")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "60" in result.stderr
    assert "Traceback" not in result.stderr
    assert written(here) == []


@pytest.mark.parametrize("folder_of", ["no-folder", "config/file"])
def test_a_folder_that_cannot_be_written_is_said(here, folder_of):
    (here.config / "file").write_text("")
    target = "config/file/inside" if folder_of == "config/file" else "/proc/nowhere"
    result = here.call("init", *SMALL, "--config-dir", target)

    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.stderr
    assert result.stderr


def test_the_examples_of_its_help_work(here):
    text = here.output("init", "--help").partition("Examples:\n")[2]
    calls = [shlex.split(line) for line in text.splitlines() if "--release" in line]

    assert len(calls) == 2
    for words in calls:
        result = here.call(*words[1:])
        assert result.exit_code == 0, result.stderr


class Typed:
    """A terminal whose user types these lines."""

    def __init__(self, monkeypatch, *lines: str) -> None:
        monkeypatch.setattr(segfw.cli.init_questions, "on_terminal", lambda: True)
        self.input = "".join(f"{line}\n" for line in lines)

    def call(self, *words: str):
        return CliRunner().invoke(main, ["init", *words], input=self.input)


def test_on_a_terminal_what_is_missing_is_asked_for(here, monkeypatch):
    typed = Typed(
        monkeypatch,
        "aws",
        "eu-central-1",
        "dev",
        "base,company,eu-central-1",
        "15.5",
        "",  # account: any
        "data:management,public,private:external",
        "vpc-1",
        "10.1.1.0/24",
        "new-ui",
    )
    result = typed.call()

    assert result.exit_code == 0, result.stderr
    text = (here.config / FILE).read_text()
    assert "seg-firewall:imports: [base, company, eu-central-1]\n" in text
    assert "      subnets: [10.1.1.0/24]\n" in text
    assert "    new-ui: {} # in tcp 4431, tcp 443, tcp 6443 from admins\n" in text


def test_the_call_that_is_said_in_the_end_writes_the_same(here, monkeypatch):
    typed = Typed(monkeypatch, "base,company,eu-central-1", "", "10.1.1.0/24", "new-ui")
    flags = [word.replace("data:management:internal", "data:external") for word in SMALL[:-4]]
    result = typed.call(*flags, "--name", "asked")
    lines = result.stdout.splitlines()
    call = shlex.split(lines[lines.index("The same without questions:") + 1])
    first = (here.config / "Pulumi.asked.yaml").read_text()
    (here.config / "Pulumi.asked.yaml").unlink()
    monkeypatch.setattr(segfw.cli.init_questions, "on_terminal", lambda: False)
    again = here.call(*call[1:])

    assert (again.exit_code, again.stderr) == (0, "")
    assert (here.config / "Pulumi.asked.yaml").read_text() == first
    assert "The same" not in again.stdout


def test_a_wrong_answer_is_asked_for_again(here, monkeypatch):
    typed = Typed(monkeypatch, "eu-centrl", "eu-central-1", "none", "", "")
    flags = list(SMALL)
    del flags[2:4]
    result = typed.call(*flags)

    assert result.exit_code == 0, result.stderr
    assert '"eu-centrl" is no region; write one such as eu-central-1.' in result.stderr
    assert "imports" not in (here.config / FILE).read_text().replace("no imports", "")


def test_networks_are_asked_for_as_features_come(here, monkeypatch):
    typed = Typed(monkeypatch, "none", "", "", "10.9.0.1/28", "10.9.0.0/28", "internet")
    result = typed.call(*SMALL[:-4], "--feature", "ssh-admin,updates")

    assert result.exit_code == 0, result.stderr
    assert 'has host bits set; did you mean "10.9.0.0/28"?' in result.stderr
    text = (here.config / FILE).read_text()
    assert "    admins: [10.9.0.0/28] # for ssh-admin\n" in text
    assert "    default: internet\n" in text


def test_what_is_wrong_in_the_end_is_said_with_the_call_so_far(here, monkeypatch):
    typed = Typed(monkeypatch, "none", "", "10.1.1.0/24")
    result = typed.call(*SMALL, "--feature", "receive-mail")

    assert result.exit_code == 2
    assert "no interface has it" in result.stderr
    lines = result.stderr.splitlines()
    line = lines[lines.index("The same without questions:") + 1]
    assert shlex.split(line)[:4] == ["segfw", "init", "--cloud", "aws"]
    assert written(here) == []


def test_a_prefix_that_a_feature_cannot_have_is_asked_for_again_at_once(here, monkeypatch):
    typed = Typed(monkeypatch, "none", "", "", "10.50.0.0/16", "10.50.0.0/28", "internet")
    result = typed.call(*SMALL[:-4], "--feature", "ssh-admin,updates")

    assert result.exit_code == 0, result.stderr
    asked, refused, again = (
        result.stderr.index(words)
        for words in ("admins", 'ssh-admin: its networks ("admins") hold 65,536', "10.50.0.0/28")
    )
    assert asked < refused < again < result.stderr.index("The way to")
    assert "    admins: [10.50.0.0/28] # for ssh-admin\n" in (here.config / FILE).read_text()


def test_an_answer_that_is_wrong_in_the_end_is_asked_for_alone(here, monkeypatch):
    typed = Typed(monkeypatch, "none", "", "", "receive-mail,ssh-admin", "10.9.0.0/28", "ssh-admin")
    result = typed.call(*SMALL[:-4])

    assert result.exit_code == 0, result.stderr
    assert "no interface has it" in result.stderr
    assert result.stderr.count('Prefixes of the network "admins"') == 1
    assert "receive-mail: {}" not in (here.config / FILE).read_text().partition("# Often")[0]


def test_what_a_flag_has_wrong_is_no_complaint_about_an_answer(here, monkeypatch):
    typed = Typed(monkeypatch, "none", "", "", "10.9.0.0/28")
    result = typed.call(*SMALL[:-2], "--network", "bastion")

    assert result.exit_code == 2, result.stderr
    assert result.stderr.count("has another form") == 1
    assert "--network admins=10.9.0.0/28" in result.stderr


def test_who_answers_the_same_again_is_not_asked_for_ever(here, monkeypatch):
    wide = ("--feature", "ssh-admin:from=admins,bastion", "--network", "bastion=10.50.0.0/16")
    typed = Typed(monkeypatch, "none", "", "", "10.9.0.0/28", "10.9.0.0/28")
    result = typed.call(*SMALL[:-4], *wide)

    assert result.exit_code == 2, result.stderr
    assert result.stderr.count("Prefixes of the network") == len(["asked", "and once more"])
    assert "--network admins=10.9.0.0/28" in result.stderr


def test_of_several_features_the_wrong_one_is_named(here, monkeypatch):
    typed = Typed(monkeypatch, "none", "", "", "dns,imap", "?", "ssh-admin", "10.9.0.0/28")
    result = typed.call(*SMALL[:-4])

    assert result.exit_code == 0, result.stderr
    assert '  imap: no such feature; did you mean "' in result.stderr
    unknown = next(line for line in result.stderr.splitlines() if line.startswith("  ?: "))
    assert unknown.endswith(" more. `segfw features` lists all.")


def test_interfaces_with_a_comma_between_them_are_two(here, monkeypatch):
    typed = Typed(monkeypatch, "none", "", "mgmt:management:internal, mail:public:external", *"   ")
    flags = [word for word in SMALL if word not in ("--interface", "data:management:internal")]
    result = typed.call(*flags)

    assert result.exit_code == 0, result.stderr
    text = (here.config / FILE).read_text()
    assert "    mgmt:\n" in text
    assert "    mail:\n" in text


def test_what_does_not_fit_a_quota_keeps_the_answers(here, monkeypatch):
    many = ",".join(f"10.9.{n}.0/28" for n in range(70))
    result = Typed(monkeypatch, "none", "", "", many).call(*SMALL[:-2])

    assert result.exit_code == 1
    assert f"admins={many}" in result.stderr
    assert "Nothing was written." in result.stderr


@pytest.mark.parametrize("more", [(), ("--stdout",)])
def test_a_stack_on_example_addresses_is_said_not_to_be_ready(here, more):
    result = here.call("init", *SMALL[:-4], "--import", "base,company,eu-central-1", *SMALL[-4:-2], *more,
                       "--without", WITHOUT)  # fmt: skip
    lines = [line for line in result.output.splitlines() if line.startswith("Not ready")]

    assert result.exit_code == 0, result.stderr
    assert lines == [
        'Not ready to deploy: the addresses of the shared files "company" and "eu-central-1" are '
        'examples; copy them, put your own in, take the words "Example addresses" out, and import '
        "the copies."
    ]
    assert not more or lines[0] not in result.stdout


def test_a_stack_on_features_alone_has_no_examples(here):
    assert "Not ready" not in here.output("init", *SMALL)


def test_the_last_lines_say_what_is_attached_to_nothing(here):
    loose = here.output("init", *SMALL)
    held = here.output("init", *SMALL, "--attach", "data=eni-1", "--name", "held")

    assert 'Attached to nothing yet: the security group of "data"; write interfaces.data' in loose
    assert "Attached to nothing" not in held
    assert "{prefixes: [...], owner: ..., source: ..., checked: " in loose


def test_on_azure_the_last_lines_say_who_attaches(here):
    words = "--cloud azure --region westeurope --environment dev --release 15.5 --feature talos"
    more = "--interface data:external --resource-group rg"
    out = here.output("init", *words.split(), *more.split())

    assert "The stack attaches no NSG: " in out
    assert "securityGroup" not in out.replace("networkSecurityGroup", "")


def test_giving_up_on_a_question_writes_nothing(here, monkeypatch):
    result = Typed(monkeypatch, "aws").call()

    assert result.exit_code == 1
    assert written(here) == []
    assert "Traceback" not in result.stderr


def test_a_real_terminal_is_asked(tmp_path):
    (tmp_path / "config").mkdir()
    answers = [
        "aws",
        "us-east-1",
        "dev",
        "15.5",
        "",
        "data:management:internal",
        "vpc-1",
        "",
        "ssh-admin",
        "10.9.0.0/28",
    ]
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the child is another program
        os.chdir(tmp_path)
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "segfw", "init"])
    seen = b""
    for answer in answers:
        seen += _until(terminal, b": ")
        os.write(terminal, f"{answer}\n".encode())
    seen += _until(terminal, b"every key.", limit=20)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)

    assert os.waitstatus_to_exitcode(status) == 0, seen.decode()
    assert (tmp_path / "config" / "Pulumi.aws-dev-us-east-1.yaml").is_file()


def _until(terminal: int, end: bytes, limit: float = 10) -> bytes:
    """What the program writes up to a prompt: *end*, and then nothing."""
    seen, began = b"", time.monotonic()
    while time.monotonic() - began < limit:
        ready, _, _ = select.select([terminal], [], [], 0.3)
        if ready:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                return seen
            if not part:
                return seen
            seen += part
        elif re.search(
            re.escape(end) + rb"(?:\[[^\n]*\]: )?\Z", seen.rstrip(b"\r\n") if end != b": " else seen
        ):
            return seen
    return seen


def test_it_starts_without_the_compiler_for_its_help():
    code = "import sys\nfrom segfw.cli.main import main\n"
    code += "try:\n    main(['init', '--help'])\nfinally:\n    print(*sys.modules)\n"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, cwd=ROOT, text=True
    )

    assert "segfw.cli.init" in ran.stdout
    assert "segfw.compiler" not in ran.stdout
    assert "yaml" not in ran.stdout.rpartition("\n\n")[2].split()


def test_a_written_file_has_its_schema_beside_it_in_the_project():
    assert (CONFIG / "stack.schema.json").is_file()
    assert Path(CONFIG, "shared").is_dir()


@pytest.mark.parametrize("name", [".", "..", ".hidden", "-x", "--stdout-x"])
def test_a_name_that_hides_or_looks_like_an_option_is_refused(here, name):
    result = here.call("init", *SMALL, f"--name={name}")

    assert result.exit_code == 2
    assert f'"{name}" is no name of a stack' in result.stderr
    assert written(here) == []


def test_the_name_of_a_file_is_told_from_the_stacks(here):
    result = here.call("init", *SMALL, "--name", "Pulumi.mail.yaml")

    assert result.exit_code == 2
    assert '"Pulumi.mail.yaml" is the name of a file; write the stack\'s: mail.' in result.stderr


def test_a_stack_that_is_there_in_other_case_is_not_joined(here):
    here.stack("AWS-dev-EU-central-1", "# mine\n")
    result = here.call("init", *SMALL)

    assert result.exit_code == 1
    assert (
        f'there is a stack "AWS-dev-EU-central-1", and some file systems take config/{FILE} for its file'
        in result.stderr
    )
    assert written(here) == ["Pulumi.AWS-dev-EU-central-1.yaml"]
    assert here.call("init", *SMALL, "--stdout").exit_code == 0


def test_a_folder_that_is_a_link_to_nowhere_is_said(here):
    (here.config.parent / "gone").symlink_to("nowhere")
    result = here.call("init", *SMALL, "--config-dir", "gone")

    assert result.exit_code == 1
    assert result.stderr == "Error: cannot make the folder gone: File exists.\n"


@pytest.mark.parametrize("refusal", [errno.EPERM, errno.ENOTSUP])
def test_where_the_file_system_has_no_links_the_file_is_whole_and_never_overwritten(
    here, monkeypatch, refusal
):
    def no_link(source, target):
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(os, "link", no_link)
    here.output("init", *SMALL)
    first = (here.config / FILE).read_text()

    assert read_yaml(first, "x").mapping().keys() == {"config"}
    assert written(here) == [FILE]
    monkeypatch.setattr(segfw.cli.init, "refuse_name", lambda *_, **__: None)  # it comes between
    result = here.call("init", *[w.replace("vpc-1", "vpc-2") for w in SMALL])
    assert (result.exit_code, written(here)) == (1, [FILE])
    assert "is there already and is never overwritten" in result.stderr
    assert (here.config / FILE).read_text() == first


def test_a_full_disk_leaves_nothing_behind(here, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", full)
    result = here.call("init", *SMALL)

    assert result.stderr == f"Error: cannot write config/{FILE}: No space left on device.\n"
    assert (result.exit_code, written(here)) == (1, [])


def test_who_leaves_at_a_question_keeps_what_was_answered(here, monkeypatch):
    result = Typed(monkeypatch, "aws", "eu-central-1").call("--stdout")

    assert result.exit_code == 1
    assert result.stderr.endswith(
        "\nSo far:\n  segfw init --cloud aws --region eu-central-1 --stdout\nNothing was written.\n"
    )
    assert result.stdout == ""
    assert "So far" not in Typed(monkeypatch).call().stderr


def test_no_colour_where_the_user_wants_none(here, monkeypatch):
    def said():
        result = CliRunner().invoke(main, ["init", *SMALL[:-2]], color=True)
        return result.stderr

    assert "\x1b[31m" in said()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in said()


def test_of_two_flags_that_contradict_each_other_nothing_is_written(here):
    result = here.call("init", *SMALL, "--without", "ssh-admin", "--vpc", "vpc-2")

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        '--vpc vpc-2: "vpc-1" is said of every interface already; write NAME=vpc-2.',
        '--without ssh-admin: "ssh-admin" is switched on by --feature; keep one of them.',
        "Nothing was written.",
    ]
