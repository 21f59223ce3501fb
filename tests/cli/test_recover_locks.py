"""`segfw recover` and a lock in its way, or a state that was cut off in the writing."""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
from pathlib import Path
from typing import Any

import pytest

from segfw.unfinished import GROUP, NETWORK_ACL
from tests.cli.recovering import LOCKED, UNCHANGED, Fake, checkpoint, ended, running, state
from tests.test_recovery import create, record


@pytest.fixture
def fake(tmp_path) -> Fake:
    return Fake(tmp_path)


def test_a_lock_of_a_running_engine_is_never_removed(fake):
    with running() as pid:
        fake.lock(pid=pid, hostname=platform.node())
        said = fake.call("--yes", "--cancel-lock")

    assert said.exit_code == 1
    assert said.stderr.startswith(f"Stopped: an update is at work: kim@{platform.node()}, process ")
    assert fake.changes() == []


@pytest.mark.parametrize("stack", ["organization/p/dev", "organization/dev", "p/dev"])
def test_a_qualified_name_means_the_same_locks(fake, stack):
    with running() as pid:
        fake.lock(pid=pid, hostname=platform.node())
        said = fake.call("--yes", "--cancel-lock", stack=stack)

    assert said.exit_code == 1
    assert said.stderr.startswith("Stopped: an update is at work: ")
    assert fake.changes() == []


def test_a_qualified_name_of_another_project_means_that_projects_locks(fake):
    (fake.folder / "Pulumi.yaml").write_text("name: other\nruntime: python\n", "utf-8")
    with running() as pid:
        fake.lock(pid=pid, hostname=platform.node())

        assert "an update is at work" in fake.call("--yes", stack="organization/p/dev").stderr
        assert fake.call("--yes").exit_code == 0


def test_a_folder_has_one_organization_only(fake):
    said = fake.call("--yes", stack="acme/p/dev")

    assert (said.exit_code, said.stderr) == (
        1,
        'Error: a backend that is a folder has no stack "acme/p/dev": its only organization is '
        'called "organization". Write organization/p/dev.\n',
    )


MAKES_ACL = {"out": json.dumps({"steps": [create(record(NETWORK_ACL, "acl"))]})}


def test_an_update_that_somebody_starts_during_our_preview_is_never_cancelled(fake):
    with running() as pid:
        file, text = fake.lock_file(pid=pid, hostname=platform.node())
        fake.answers["preview"] = [{**MAKES_ACL, "writes": {str(file): text}}]
        fake.answers["up"] = [LOCKED]
        said = fake.call("--yes", "--cancel-lock")

    assert said.exit_code == 1
    assert said.stderr.startswith(f"Stopped: an update is at work: kim@{platform.node()}, process ")
    assert fake.changes() == ["up"]


def test_nor_is_one_that_somebody_starts_elsewhere(fake):
    file, text = fake.lock_file(pid=7, hostname="elsewhere")
    fake.answers["preview"] = [{**MAKES_ACL, "writes": {str(file): text}}]
    fake.answers["up"] = [LOCKED]
    said = fake.call("--yes", "--cancel-lock")

    assert said.exit_code == 1
    assert said.stderr.startswith(
        "Stopped: an update was begun meanwhile: kim@elsewhere, process 7, since "
        "2026-01-02T03:04:05Z; whether it still runs cannot be seen from here. Wait for it to end,"
    )
    assert fake.changes() == ["up"]


def test_the_lock_of_one_that_was_started_and_killed_meanwhile_is_removed(fake):
    file, text = fake.lock_file(pid=ended(), hostname=platform.node())
    fake.answers["preview"] = [
        {**MAKES_ACL, "writes": {str(file): text}},
        {"out": json.dumps(UNCHANGED)},
    ]
    fake.answers["up"] = [LOCKED, {}]
    said = fake.call("--yes")

    assert said.exit_code == 0, said.output
    assert fake.changes() == ["up", "cancel", "up"]


def test_an_update_that_is_started_while_we_ask_is_not_cancelled(fake, monkeypatch):
    fake.lock(pid=7, hostname="elsewhere")
    with running() as pid:

        def begin(*_: object, **__: object) -> bool:
            fake.lock(pid=pid, hostname=platform.node())
            return True

        monkeypatch.setattr("click.confirm", begin)
        said = fake.call()

    assert "Stopped: an update is at work: " in said.stderr
    assert fake.changes() == []


def refused(*, pid: int, hostname: str, time: str) -> dict[str, Any]:
    """What an engine says whose backend is no folder."""
    told = f"  s3://b/lock.json: created by kim@{hostname} (pid {pid}) at {time}\n"
    return {"status": 1, "err": f"error: the stack is currently locked by 1 lock(s). …\n{told}"}


def test_a_lock_elsewhere_whose_holder_runs_here_is_never_removed(fake):
    fake.answers["whoami"] = [{"out": json.dumps({"url": "s3://b"})}]
    fake.answers["preview"] = [MAKES_ACL]
    with running() as pid:
        held = refused(pid=pid, hostname=platform.node(), time="2026-01-02T03:04:05Z")
        fake.answers["up"] = [held]
        said = fake.call("--yes", "--cancel-lock")

    assert said.stderr.startswith(f"Stopped: an update is at work: kim@{platform.node()}, process ")
    assert fake.changes() == ["up"]


def test_a_lock_elsewhere_from_after_our_start_is_never_removed(fake):
    fake.answers["whoami"] = [{"out": json.dumps({"url": "s3://b"})}]
    fake.answers["preview"] = [MAKES_ACL]
    fake.answers["up"] = [refused(pid=7, hostname="elsewhere", time="2999-01-02T03:04:05+02:00")]
    said = fake.call("--yes", "--cancel-lock")

    assert said.stderr.startswith(
        "Stopped: an update was begun meanwhile: kim@elsewhere, process 7, "
        "since 2999-01-02T01:04:05Z; "
    )
    assert fake.changes() == ["up"]


def test_a_lock_that_is_met_late_may_stay_when_it_is_asked_about(fake):
    fake.answers["whoami"] = [{"out": json.dumps({"url": "s3://b"})}]
    fake.answers["preview"] = [MAKES_ACL]
    fake.answers["up"] = [LOCKED]
    said = fake.call(answer="y\nn\n")

    assert said.exit_code == 1
    assert "Error: that did not work:\nerror: the stack is currently locked" in said.stderr
    assert fake.changes() == ["up", "up"]


def test_an_update_of_pulumi_cloud_is_cancelled_only_when_that_is_asked_for(fake):
    fake.answers["whoami"] = [{"out": json.dumps({"url": "https://app.pulumi.com/kim"})}]
    fake.answers["preview"] = [MAKES_ACL, {"out": json.dumps(UNCHANGED)}]
    conflict = "error: [409] Conflict: Another update is currently in progress.\n"
    fake.answers["up"] = [{"status": 255, "err": conflict}, {}]

    assert "add --cancel-lock" in fake.call("--yes").stderr
    fake.answers["up"] = [{"status": 255, "err": conflict}, {}]
    assert fake.call("--yes", "--cancel-lock").exit_code == 0
    assert fake.changes() == ["up", "up", "cancel", "up"]


@pytest.mark.parametrize(
    "pid", [99999999999999999999, 2**31, 0, -1, "7", "seven", 7.5, True, None], ids=repr
)
def test_a_holder_whose_number_no_process_can_have_cannot_be_seen(fake, pid):
    fake.lock(pid=pid, hostname=platform.node())
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert "whether it still runs cannot be seen from here" in said.stdout
    assert "add --cancel-lock" in said.stderr
    assert fake.changes() == []


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("2026-01-02T03:04:05.123456789+02:00", "2026-01-02T01:04:05Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("0001-01-01T00:00:00+14:00", "an unknown time"),
        ("yesterday", "an unknown time"),
    ],
)
def test_a_lock_says_since_when_in_utc(fake, time, told):
    file, text = fake.lock_file(pid=ended(), hostname=platform.node(), time=time)
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")

    assert f", since {told}; which has ended.\n" in fake.call("--dry-run").stdout


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "[" * 100_000])
def test_a_lock_that_holds_anything_else_is_one_of_somebody_unseen(fake, text):
    fake.lock(pid=1, hostname="h").write_text(text, "utf-8")
    said = fake.call("--yes")

    assert "locked by somebody who left no name, process 0, since an unknown time;" in said.stdout
    assert "add --cancel-lock" in said.stderr


def test_a_lock_that_goes_while_it_is_looked_at_is_none(fake):
    lock = fake.lock(pid=1, hostname="h")
    lock.unlink()
    lock.symlink_to("gone")

    assert "locked by" not in fake.call("--yes").stdout


@pytest.mark.parametrize("url", ["file://./back%20end", "file://{folder}/back%20end?a=b"])
def test_a_folder_is_found_where_pulumi_finds_it(fake, url):
    fake.backend = fake.folder / "back end"
    fake.answers["whoami"] = [{"out": json.dumps({"url": url.format(folder=fake.folder)})}]
    fake.lock(pid=ended(), hostname=platform.node())

    assert "which has ended" in fake.call("--dry-run").stdout


def test_a_process_that_got_the_number_of_an_engine_is_none(fake):
    fake.lock(pid=os.getpid(), hostname=platform.node())
    said = fake.call("--yes")

    assert "which has ended" in said.stdout
    assert fake.changes() == ["cancel"]


def test_a_process_that_cannot_be_looked_at_counts_as_running(fake, monkeypatch):
    fake.lock(pid=os.getpid(), hostname=platform.node())

    def refuse(*_):
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        assert "Stopped: an update is at work" in fake.call("--yes").stderr
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", refuse)
        assert "Stopped: an update is at work" in fake.call("--yes").stderr


def test_a_lock_that_cannot_be_read_is_one_of_somebody_unseen(fake):
    fake.lock(pid=1, hostname="h")
    for path in fake.backend.rglob("1.json"):
        path.write_text("{}", "utf-8")
    said = fake.call("--yes")

    assert "locked by somebody who left no name, process 0, since an unknown time;" in said.stdout
    assert "add --cancel-lock" in said.stderr


def test_a_lock_elsewhere_shows_when_a_command_needs_it(fake):
    fake.answers["whoami"] = [{"out": json.dumps({"url": "s3://b"})}]
    fake.answers["stack export"] = [state(pending=(record(GROUP, "gate"),))]
    fake.answers["refresh"] = [LOCKED, {}]

    said = fake.call("--yes")
    assert said.exit_code == 1
    assert (
        "  The stack is locked:\nerror: the stack is currently locked by 1 lock(s)." in said.stdout
    )
    assert "add --cancel-lock" in said.stderr
    said = fake.call("--yes", "--cancel-lock")
    assert said.exit_code == 0, said.output
    assert fake.changes() == ["refresh", "refresh", "cancel", "refresh"]


def test_a_lock_may_stay_when_it_is_asked_about(fake):
    fake.lock(pid=7, hostname="elsewhere")
    said = fake.call(answer="n\n")

    assert "Make sure first that its holder has ended. [y/N]" in said.stdout
    assert fake.changes() == []


def whole(fake: Fake) -> Path:
    """A state's file that is cut off, with a whole one beside it."""
    file = fake.state_file('{"cut')
    file.with_name("dev.json.bak").write_text(checkpoint(1), "utf-8")
    return file


def test_a_torn_state_is_put_back_from_the_newest_whole_one(fake):
    file = fake.state_file('{"cut')
    file.with_name("dev.json.bak").write_text(checkpoint(1), "utf-8")
    os.utime(file.with_name("dev.json.bak"), (1, 1))
    history = fake.backend / ".pulumi" / "history" / "p" / "dev"
    history.mkdir(parents=True)
    (history / "dev-1.checkpoint.json").write_text(checkpoint(2), "utf-8")
    (history / "dev-2.checkpoint.json").write_text('{"cut', "utf-8")

    dry = fake.call("--dry-run")
    assert "Stopped: the state cannot be read as it is." in dry.stderr
    assert file.read_text("utf-8") == '{"cut'
    assert fake.call("--yes", stack="organization/p/dev").exit_code == 0
    assert file.read_text("utf-8") == checkpoint(2)
    assert file.with_name("dev.json.torn").read_text("utf-8") == '{"cut'


@pytest.mark.parametrize(
    "text", ["null", "{}", "[]", '{"version": 3, "checkpoint": null}', "\udcff"]
)
def test_a_copy_that_is_no_state_is_not_put_in_the_place_of_one(fake, text):
    file = whole(fake)
    history = fake.backend / ".pulumi" / "history" / "p" / "dev"
    history.mkdir(parents=True)
    newer = history / "dev-1.checkpoint.json"
    newer.write_bytes(text.encode(errors="surrogateescape"))

    assert fake.call("--yes").exit_code == 0
    assert file.read_text("utf-8") == checkpoint(1)


@pytest.mark.parametrize("text", ["", '{"cut', "null", "{}"])
def test_a_torn_state_without_any_whole_one_is_left_to_the_engines_words(fake, text):
    file = fake.state_file('{"cut')
    file.with_name("dev.json.bak").write_text(text, "utf-8")
    fake.answers["stack export"] = [{"status": 255, "err": "error: failed to load checkpoint\n"}]
    said = fake.call("--yes")

    assert (
        said.stderr == "Error: the state of dev cannot be read:\nerror: failed to load checkpoint\n"
    )
    assert file.read_text("utf-8") == '{"cut'


@pytest.mark.parametrize("text", ["{}", '{"version": 9}', "[" * 100_000])
def test_a_state_that_is_whole_and_odd_is_not_replaced(fake, text):
    whole(fake)
    file = fake.state_file(text)

    assert fake.call("--yes").exit_code == 0
    assert file.read_text("utf-8") == text


def test_a_state_is_never_replaced_under_an_update_that_runs(fake):
    file = whole(fake)
    with running() as pid:
        fake.lock(pid=pid, hostname=platform.node())
        said = fake.call("--yes", "--cancel-lock")

    assert said.exit_code == 1
    assert said.stderr.startswith("Stopped: an update is at work: ")
    assert file.read_text("utf-8") == '{"cut'
    assert fake.changes() == []


def test_a_state_under_the_lock_of_somebody_unseen_needs_what_removes_the_lock(fake):
    file = whole(fake)
    lock = fake.lock(pid=7, hostname="elsewhere")
    fake.answers["cancel"] = [{"removes": [str(lock)]}]

    said = fake.call("--yes")
    assert said.exit_code == 1
    assert "add --cancel-lock" in said.stderr
    assert file.read_text("utf-8") == '{"cut'
    assert fake.call("--yes", "--cancel-lock").exit_code == 0
    assert file.read_text("utf-8") == checkpoint(1)
    assert fake.changes() == ["cancel"]


def test_a_state_is_put_back_before_the_lock_goes_which_needs_one(fake):
    file = whole(fake)
    fake.lock(pid=ended(), hostname=platform.node())
    fake.answers["cancel"] = [{"removes": [str(file.with_name("dev.json.torn"))]}]
    said = fake.call("--yes")

    assert said.exit_code == 0, said.output
    assert file.read_text("utf-8") == checkpoint(1)


def test_a_lock_of_nobody_is_no_reason_to_leave_a_state_cut_off(fake):
    file = whole(fake)
    fake.lock(pid=ended(), hostname=platform.node())

    fake.call(answer="n\ny\n")
    assert file.read_text("utf-8") == checkpoint(1)
    assert fake.changes() == []


def test_a_state_is_not_replaced_where_the_lock_was_to_stay(fake):
    file = whole(fake)
    fake.lock(pid=7, hostname="elsewhere")
    said = fake.call(answer="n\ny\n")

    assert said.stderr.startswith(
        "Stopped: an update may just be writing the state: kim@elsewhere, process 7, "
    )
    assert file.read_text("utf-8") == '{"cut'


def test_a_state_is_not_replaced_when_an_update_was_started_while_we_asked(fake, monkeypatch):
    file = whole(fake)
    with running() as pid:

        def begin(*_: object, **__: object) -> bool:
            fake.lock(pid=pid, hostname=platform.node())
            return True

        monkeypatch.setattr("click.confirm", begin)
        said = fake.call()

    assert said.stderr.startswith("Stopped: an update may just be writing the state: ")
    assert file.read_text("utf-8") == '{"cut'


def test_a_state_that_somebody_else_put_back_while_we_asked_is_left(fake, monkeypatch):
    file = whole(fake)

    def mend(*_: object, **__: object) -> bool:
        file.write_text(checkpoint(2), "utf-8")
        return True

    monkeypatch.setattr("click.confirm", mend)

    assert "Stopped: somebody else has written the state meanwhile" in fake.call().stderr
    assert file.read_text("utf-8") == checkpoint(2)


def test_a_state_that_cannot_be_replaced_stays_where_it_is(fake, monkeypatch):
    file = whole(fake)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    said = fake.call("--yes")

    assert said.exit_code == 1
    assert said.stderr == f"Error: {file} cannot be replaced: No space left on device.\n"
    assert file.read_text("utf-8") == '{"cut'


def test_an_empty_file_of_attributes_is_removed(fake):
    attributes = fake.state_file("{}").with_name("dev.json.attrs")
    attributes.write_text("", "utf-8")
    said = fake.call("--yes")

    assert said.exit_code == 0
    assert "which is empty; the state itself is whole." in said.stdout
    assert not attributes.exists()
