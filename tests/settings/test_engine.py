"""The engine reads stack files as they are read here (design D16)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.environment import Environment
from sandbox.toolchain import find_engine
from segfw.catalog import load_catalog
from segfw.problems import ProblemsFound
from segfw.settings import read_settings, read_tree, read_yaml, tree_from_config
from segfw.settings.spelling import spelled
from tests.settings.reading import TODAY
from tests.settings.test_yaml import DOUBTFUL, TEXT
from tests.shipped import SHIPPED

CONFIG = Path("config")
pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project with the shared files."""
    folder = tmp_path_factory.mktemp("engine") / "project"
    shutil.copytree(CONFIG / "shared", folder / "config" / "shared")
    manifest = "name: seg-firewall\nruntime: python\nstackConfigDir: config\n"
    (folder / "Pulumi.yaml").write_text(manifest, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pulumi(folder):
    """A function that runs the engine's command line in the project."""
    tools = Environment().tools
    engine = find_engine(tools)
    if engine is None:
        pytest.skip("there is no engine; `make test` builds one")
    environment = Environment(root=folder.parent / "sandbox")
    environment.prepare()

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [engine.cli, *arguments, "--non-interactive"],
            cwd=folder,
            env=environment.variables(engine),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def project(folder, pulumi):
    """A function that gives what the engine hands over for the text of a stack file."""
    known: set[str] = set()

    def read(text: str, stack: str = "test") -> tuple[dict[str, str], Path]:
        file = folder / "config" / f"Pulumi.{stack}.yaml"
        if stack not in known:
            file.write_text("config: {}\n", encoding="utf-8")
            pulumi("stack", "init", stack)
            known.add(stack)
        file.write_text(text, encoding="utf-8")
        values = json.loads(pulumi("config", "--json", "--stack", stack))
        return {key: entry["value"] for key, entry in values.items()}, folder / "config"

    return read


@pytest.mark.parametrize("stack", SHIPPED)
def test_the_engine_and_the_command_line_read_the_same_settings(project, stack):
    text = (CONFIG / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    values, config = project(text, stack)
    tree = tree_from_config(values, (), config, stack)
    handed = read_settings(tree, load_catalog(), stack=stack, today=TODAY)
    read = read_settings(read_tree(CONFIG, stack), load_catalog(), stack=stack, today=TODAY)
    assert spelled(handed, load_catalog()) == spelled(read, load_catalog())
    assert handed.region == read.region


def test_whatever_is_taken_plain_the_engine_takes_the_same(project):
    texts = [
        text for text in (*TEXT, "true", "false", "0", "-7", "9007199254740991") if text != "-"
    ]
    lines = "".join(f"    k{index}: {text}\n" for index, text in enumerate(texts))
    text = f"config:\n  seg-firewall:tags:\n{lines}"
    values, _ = project(text)
    ours = read_yaml(text, "f.yaml").plain()
    assert json.loads(values["seg-firewall:tags"]) == ours["config"]["seg-firewall:tags"]


def test_quoted_text_is_the_same_text_to_the_engine(project):
    wanted = {f"k{index}": text for index, text in enumerate([*DOUBTFUL, *TEXT])}
    lines = "".join(f'    {key}: "{text}"\n' for key, text in wanted.items())
    values, _ = project(f"config:\n  seg-firewall:tags:\n{lines}")
    assert json.loads(values["seg-firewall:tags"]) == wanted


@pytest.mark.parametrize("stack", SHIPPED)
def test_a_shipped_file_is_left_alone_by_the_engines_rewrite(project, pulumi, stack):
    """`config set` rewrites the file; comments, quotes and flows must survive it."""
    text = (CONFIG / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    _, config = project(text, stack)
    pulumi("config", "set", "other:key", "value", "--stack", stack)
    lines = (config / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8").splitlines()
    left = [line for line in lines if not line.startswith(("encryptionsalt:", "  other:key:"))]
    assert left == text.splitlines()


def test_a_secret_of_the_engine_is_refused(project, monkeypatch):
    text = 'config:\n  seg-firewall:tags:\n    secure: "v1:AAAA"\n'
    with pytest.raises(ProblemsFound) as found:
        folder = project("config: {}\n")[1]
        monkeypatch.chdir(folder.parent)
        (folder / "Pulumi.test.yaml").write_text(text, encoding="utf-8")
        tree = read_tree(folder, "test")
        raise ProblemsFound(tree.problems)
    assert str(found.value) == (
        "config/Pulumi.test.yaml:2: tags: is a secret, and firewall settings are shown in plans; "
        "write the value in plain text."
    )
