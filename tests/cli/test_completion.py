"""Completion: in the shells that are here, quickly, and of the names that the folder has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from segfw.catalog import load_catalog
from segfw.cli import completing
from segfw.cli.main import COMMANDS, main
from tests.cli.calling import SMALL
from tests.shipped import CONFIG, SHIPPED

ROOT = CONFIG.parent
CATALOG = load_catalog()
SEGFW = Path(sys.executable).with_name("segfw")
ASK = """
import json, sys
from segfw.cli import completing
import os
os.environ["COMP_WORDS"] = " ".join(["segfw", *sys.argv[1:]])
os.environ["COMP_CWORD"] = str(len(sys.argv) - 1)
completing.complete("bash_complete")
print(json.dumps(sorted(sys.modules)))
"""


def completed(*words: str, cwd: Path = ROOT) -> list[str]:
    """What the program answers a shell that asks to complete the last word."""
    return asked(*words, cwd=cwd)[0]


def asked(*words: str, cwd: Path = ROOT) -> tuple[list[str], set[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", ASK, *words],
        capture_output=True,
        check=True,
        cwd=cwd,
        env=environment,
        text=True,
    )
    assert ran.stderr == ""
    *items, modules = ran.stdout.splitlines()
    return [item.partition(",")[2] for item in items if item], set(json.loads(modules))


@pytest.fixture
def here(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "config" / "Pulumi.small.yaml").write_text(SMALL)
    (tmp_path / "config" / "Pulumi.broken.yaml").write_text("config: [\n")
    (tmp_path / "other" / "Pulumi.elsewhere.yaml").write_text(SMALL.replace("data:", "eth0:"))
    return tmp_path


def test_every_command_is_completed():
    assert completed("") == list(COMMANDS)


def test_stacks_are_those_of_the_folder():
    assert set(SHIPPED) <= set(completed("plan", ""))
    assert completed("plan", "aws-prod-u") == ["aws-prod-us-east-1"]
    assert completed("check", "aws-lab", "azure-l") == ["azure-lab"]


def test_another_folder_has_other_stacks(here):
    assert completed("plan", "", cwd=here) == ["broken", "small"]
    assert completed("plan", "--config-dir", "other", "", cwd=here) == ["elsewhere"]
    assert completed("plan", "--config-dir", "nowhere", "", cwd=here) == []


def test_options_and_their_values_are_completed():
    assert completed("plan", "--form") == ["--format"]
    assert completed("plan", "aws-lab", "--format", "") == ["text", "json", "markdown"]
    assert "--exit-code" in completed("diff", "--")


def test_features_and_rows_are_the_catalogs():
    assert completed("features", "ldap") == ["ldap", "ldaps"]
    assert completed("rows", "smtp") == ["smtp-out", "smtp-in"]
    assert completed("rows", "4") == ["4", *(str(n) for n in range(40, 49))]
    assert set(completed("features", "")) == set(CATALOG.features)


def test_another_feature_follows_a_comma():
    assert completed("init", "--feature", "dns,ld") == ["dns,ldap", "dns,ldaps"]


def test_what_stands_inside_a_group_is_completed():
    assert completed("catalog", "") == ["diff"]
    assert completed("catalog", "diff", "15.0", "15.5", "--stack", "azure-l") == ["azure-lab"]


def test_releases_are_the_catalogs():
    assert completed("catalog", "diff", "") == list(CATALOG.releases)
    assert completed("catalog", "diff", "14.2", "15.") == ["15.0", "15.5"]
    assert completed("init", "--release", "16") == ["16.0"]


def test_a_folder_of_broken_stacks_completes_what_can_be_read(tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    (config / "Pulumi.bytes.yaml").write_bytes(b"\xff\xfe")
    (config / "Pulumi.list.yaml").write_text("config: {seg-firewall:interfaces: [1, 2]}\n")
    (config / "Pulumi.folder.yaml").mkdir()
    (config / "Pulumi.gone.yaml").symlink_to("nowhere")
    (config / "Pulumi.half.yaml").write_text(
        "config: {seg-firewall:imports: [nowhere], seg-firewall:interfaces: {dmz: {}}}\n"
    )

    assert completed("plan", "", cwd=tmp_path) == ["bytes", "folder", "gone", "half", "list"]
    for name in ("bytes", "list", "folder", "gone", "nowhere", "../x"):
        assert completed("explain", name, "--interface", "", cwd=tmp_path) == []
    assert completed("explain", "half", "--interface", "", cwd=tmp_path) == ["dmz"]


def test_the_variable_alone_is_said_and_an_empty_one_is_none():
    def ran(value: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SEGFW, "--version"],
            capture_output=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, completing.VARIABLE: value},
            text=True,
        )

    alone, empty = ran("bash_complete"), ran("")
    assert (alone.returncode, alone.stdout) == (1, "")
    assert alone.stderr == "_SEGFW_COMPLETE is for shells; unset it to run a command.\n"
    assert empty.returncode == 0
    assert empty.stdout.startswith("segfw")


def test_the_interfaces_are_those_of_the_stack_that_is_named(here, monkeypatch):
    monkeypatch.chdir(here)
    command = completing._light(
        "x",
        "",
        {
            "parameters": [
                {
                    "argument": True,
                    "words": ["stack"],
                    "values": [],
                    "takes": "stack",
                    "flag": False,
                    "many": False,
                    "does": None,
                },
                {
                    "argument": False,
                    "words": ["--interface", "interface"],
                    "values": [],
                    "takes": "interface",
                    "flag": False,
                    "many": False,
                    "does": "",
                },
            ]
        },
    )

    def interfaces(*words: str) -> list[str]:
        context = command.make_context("x", list(words), resilient_parsing=True)
        option = next(p for p in command.params if p.name == "interface")
        return [item.value for item in option.shell_complete(context, "")]

    assert interfaces("small") == ["data"]
    assert interfaces("other/Pulumi.elsewhere.yaml") == ["eth0"]
    assert interfaces() == ["data"]  # of every stack that can be read
    assert interfaces("broken") == []


@pytest.mark.parametrize(
    "words",
    [
        ("",),
        ("plan", ""),
        ("plan", "--"),
        ("diff", "aws-lab", "--st"),
        ("features", ""),
        ("init", "--"),
        ("completion", ""),
    ],
)
def test_no_question_imports_the_compiler(words):
    loaded = asked(*words)[1]

    heavy = {
        "segfw.compiler",
        "segfw.plan",
        "segfw.proof",
        "segfw.guardrails",
        "segfw.settings.reader",
        "cattrs",
        "yaml",
    }
    assert not {name for name in loaded if name in heavy}


def test_the_words_are_those_of_the_commands():
    assert completing.DATA.read_text(encoding="utf-8") == completing.text_of()


def test_a_command_that_the_words_lack_is_completed_by_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(completing, "DATA", tmp_path / "gone.json")
    group = completing.LightGroup("segfw")

    assert group.get_command(None, "plan") is main.get_command(None, "plan")
    assert group.get_command(None, "nothing") is None


def test_drift_is_a_status_and_is_mended(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(completing, "DATA", tmp_path / "completion.json")

    assert completing.run(["--check"]) == 1
    assert completing.run(["--write"]) == 0
    assert completing.run(["--check"]) == 0
    assert json.loads((tmp_path / "completion.json").read_text()).keys() == COMMANDS.keys()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_for_each_shell(shell):
    result = CliRunner().invoke(main, ["completion", shell])

    assert (result.exit_code, result.stderr) == (0, "")
    assert f"_SEGFW_COMPLETE={shell}_complete" in result.stdout


def test_another_shell_is_a_wrong_call():
    result = CliRunner().invoke(main, ["completion", "tcsh"])

    assert result.exit_code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in result.stderr


def test_the_help_says_how_to_install_it():
    text = CliRunner().invoke(main, ["completion", "--help"]).stdout

    assert 'eval "$(segfw completion bash)"' in text
    assert "~/.zshrc" in text
    assert "~/.config/fish/completions/segfw.fish" in text


def in_shell(program: list[str], text: str) -> str:
    environment = {**os.environ, "PATH": f"{SEGFW.parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        [*program, text], capture_output=True, check=False, cwd=ROOT, env=environment, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_a_stack_and_a_value():
    ask = 'eval "$(segfw completion bash)"; COMP_WORDS=({words}); COMP_CWORD={last}; '
    ask += '_segfw_completion segfw; printf "%s\\n" "${{COMPREPLY[@]}}"'
    stack = in_shell(["bash", "--norc", "-c"], ask.format(words="segfw plan aws-prod-us", last=2))
    value = in_shell(
        ["bash", "--norc", "-c"], ask.format(words="segfw plan aws-lab --format ''", last=4)
    )

    assert stack.split() == ["aws-prod-us-east-1"]
    assert value.split() == ["text", "json", "markdown"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_takes_the_script():
    assert (
        in_shell(
            ["zsh", "-f", "-c"],
            'autoload -U compinit; compinit -D; eval "$(segfw completion zsh)"; echo ok',
        )
        == "ok\n"
    )


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_completes_a_stack():
    out = in_shell(
        ["fish", "--no-config", "-c"],
        'segfw completion fish | source; complete -C "segfw plan aws-prod-us"',
    )
    assert out.split()[0] == "aws-prod-us-east-1"
