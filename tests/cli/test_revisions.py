"""Repositories that are not as one expects: what `segfw diff --rev` reads there, and what it says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import segfw.cli.diff
from segfw.cli.revisions import Repository
from tests.cli.calling import SMALL, TODAY
from tests.cli.test_diff_revisions import BASE, BOTH, IMPORTING, commit, git, problem, repository

assert repository
OPENS = "small: opens tcp 443 on data from admins (16 addresses); closes nothing; "
CALL = ("diff", "--all", "--rev", "main")


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(segfw.cli.diff, "today", lambda: TODAY)


@pytest.fixture
def changed(repository):
    """``main`` has SSH alone, the work tree the web interface too."""
    repository.stack("small", BOTH)
    return repository


@pytest.mark.parametrize("there", [".git", "{}/.git", "{}/other/.git"])
def test_a_hooks_git_dir_does_not_hide_the_config_folder(changed, tmp_path, monkeypatch, there):
    git("init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", there.format(tmp_path))

    assert changed.output(*CALL).startswith(OPENS)


def test_a_git_dir_with_its_work_tree_is_what_the_user_means(changed, tmp_path, monkeypatch):
    Path(".git").rename("elsewhere")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))

    assert changed.output(*CALL).startswith(OPENS)


def test_another_users_repository_is_told_how_to_be_trusted(changed, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    said = problem(changed.call(*CALL))

    assert "git: detected dubious ownership in repository at '" in said
    assert said.endswith("trust it with git config --global --add safe.directory, then its path.")


def test_a_tag_and_a_branch_of_one_name_are_said(changed):
    git("tag", "main")

    assert 'several refs are called "main"; git took ' in changed.output(*CALL)


def test_a_name_that_is_one_ref_alone_is_not_said(changed):
    assert "several refs" not in changed.output(*CALL)


def test_a_bare_repository_has_two_revisions_and_no_work_tree(changed, monkeypatch):
    commit()
    git("clone", "--quiet", "--bare", ".", "bare")
    monkeypatch.chdir("bare")
    Path("config").unlink()

    assert changed.output("diff", "--all", "--rev", "main~1..main").startswith(OPENS)
    assert problem(changed.call(*CALL)) == (
        "--rev main: the repository has no work tree; name two revisions: --rev main..NEW."
    )


def test_a_linked_shared_folder_is_read_where_it_leads(repository):
    repository.stack("small", IMPORTING)
    Path("config/shared").rmdir()
    Path("common").mkdir()
    Path("common/base.yaml").write_text(BASE, "utf-8")
    Path("config/shared").symlink_to("../common")
    commit()
    repository.stack("small", IMPORTING.replace("ssh-admin: {}", "ssh-admin: {}, gui-https: {}"))

    assert repository.output(*CALL).startswith(OPENS)


def test_a_linked_file_is_read_outside_the_folder_too(repository):
    Path("one").mkdir()
    Path("config/Pulumi.small.yaml").rename("one/it.yaml")
    Path("config/Pulumi.small.yaml").symlink_to("../one/it.yaml")
    commit()
    Path("one/it.yaml").write_text(BOTH, "utf-8")

    assert repository.output(*CALL).startswith(OPENS)


@pytest.mark.parametrize("target", ["/etc/hosts", "nothing", "Pulumi.link.yaml", "../../out.yaml"])
def test_a_link_to_nothing_in_the_revision_is_said(repository, target):
    Path("config/Pulumi.link.yaml").symlink_to(target)
    short = commit()

    assert problem(repository.call("diff", "small", "--rev", "main")) == (
        f"--rev main: config/Pulumi.link.yaml is a link to nothing that main ({short}) has."
    )


def test_a_config_folder_that_was_a_link_is_read_where_it_led(repository):
    Path("config").rename("infra")
    Path("config").symlink_to("infra")
    commit()
    git("rm", "--quiet", "--cached", "config")
    Path("config").unlink()
    Path("infra").rename("config")
    commit()
    repository.stack("small", BOTH)

    assert repository.output("diff", "--all", "--rev", "main~1").startswith(OPENS)


@pytest.mark.parametrize("name", [b"r\xe4 tree 7", b"g[1]*", b"-c", "ä\tö".encode()])
def test_a_folder_may_have_any_name(repository, name):
    config = os.fsdecode(name) + "/config"
    Path(config).parent.mkdir()
    Path("config").rename(config)
    commit()
    Path(config, "Pulumi.small.yaml").write_text(BOTH, "utf-8")

    assert repository.output(*CALL, f"--config-dir={config}").startswith(OPENS)


def test_a_submodules_revisions_are_said_to_be_its_own(changed, tmp_path, monkeypatch):
    commit()
    git("init", "--quiet", "--initial-branch", "main", "outer")
    monkeypatch.chdir("outer")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path), "inner")

    assert "config/ is in a submodule; the revisions are the submodule's own." in changed.output(
        *CALL, "--config-dir", "inner/config"
    )


def test_a_commit_of_a_day_that_no_calendar_has_is_read(changed):
    old = git("rev-parse", "HEAD^{tree}")
    text = f"tree {old}\nauthor a <a> 99999999999999 +0000\ncommitter a <a> 99999999999999 +0000\n\nx\n"
    made = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
        input=text,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()

    assert changed.output("diff", "--all", "--rev", made).startswith(OPENS)


def test_a_users_settings_of_git_change_nothing(changed):
    for key, value in (
        ("log.showSignature", "true"),
        ("core.autocrlf", "true"),
        ("core.quotePath", "true"),
        ("status.showUntrackedFiles", "no"),
        ("color.ui", "always"),
    ):
        git("config", key, value)

    assert changed.output(*CALL).startswith(OPENS)


def test_line_ends_and_modes_are_no_difference(repository):
    Path("config/Pulumi.small.yaml").write_bytes(SMALL.replace("\n", "\r\n").encode())
    assert repository.output(*CALL).startswith("small: no difference: 1 rule, ")
    Path("config/Pulumi.small.yaml").write_text(SMALL, "utf-8")
    Path("config/Pulumi.small.yaml").chmod(0o755)
    assert repository.output(*CALL).startswith("small: unchanged: ")


def test_a_linked_work_tree_and_a_detached_head_are_read(changed, monkeypatch):
    commit()
    git("worktree", "add", "--quiet", "--detach", "beside", "main~1")
    monkeypatch.chdir("beside")

    assert changed.output(*CALL).startswith("small: opens nothing; closes tcp 443 on data ")
    assert changed.output("diff", "--all", "--rev", "HEAD..main").startswith(OPENS)


def test_a_merge_is_compared_with_where_it_began(changed):
    git("switch", "--quiet", "--create", "topic")
    commit()
    git("switch", "--quiet", "main")
    changed.stack("other")
    commit()
    git("switch", "--quiet", "topic")
    git("merge", "--quiet", "--no-edit", "--no-ff", "main")

    assert changed.output("diff", "--all", "--rev", "main...HEAD").startswith(
        f"1 of 2 stacks differs; {OPENS}"
    )


def test_a_repository_knows_its_config_folder(changed):
    assert Repository(changed.config).folder == "config"
