"""Updates that are killed, refused or cut off: what is left, what is said, and the way back.

One small stack goes back and forth between two sets of administrators, so that every update has
rules to make, rules to take away and a network ACL to replace.
"""

from __future__ import annotations

import copy
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sandbox import seed
from sandbox.environment import PROJECT
from sandbox.providers.faults import VARIABLE, mend_folder
from sandbox.runner import Pulumi
from segfw.cli.main import main
from tests.engine.conftest import (
    AZURE_PROVIDER,
    REGION,
    SETTINGS,
    Clouds,
    Stack,
    aws_provider,
)

pytestmark = pytest.mark.engine

ADMINS = (["10.40.0.0/24", "10.40.8.0/28"], ["10.40.0.0/24", "10.40.9.0/28"])
KEPT = ("tcp", 22, 22, "10.40.0.0/24")
NEW_RULE = "AuthorizeSecurityGroupIngress"


def faults(*listed: dict[str, Any]) -> dict[str, str]:
    return {VARIABLE: json.dumps(listed)}


@dataclass
class Firewall:
    """A stack, and what its cloud lets through."""

    stack: Stack
    clouds: Clouds
    dirty: bool = False
    spares: int = 0
    """How many ACLs were left by the fault that nothing uses."""

    def clear_spares(self) -> int:
        return 0

    def turn(self) -> None:
        """Ask for the other administrators."""
        networks = self.stack.settings["networks"]
        networks["admins"] = ADMINS[networks["admins"] == ADMINS[0]]

    def recover(self, *options: str, stack: str = "") -> Result:
        """What `segfw recover` says; it has the sandbox's variables, as a user has their own."""
        pulumi = self.stack.pulumi
        file = pulumi.environment.config_file(self.stack.name)
        words = ["recover", stack or self.stack.name, "--cwd", str(pulumi.cwd)]
        words += ["--config-file", str(file), *options]
        return CliRunner().invoke(main, words, env=pulumi.variables())

    def pending(self) -> list[str]:
        state = self.stack.pulumi.export(self.stack.name)["deployment"]
        return [each["resource"]["urn"] for each in state.get("pending_operations") or ()]


class OnAws(Firewall):
    def passes(self) -> set[tuple[Any, ...]]:
        """The rules of every group on the interface, and the entries of the subnet's ACL."""
        ec2, interface = self.clouds.ec2, self.stack.settings["interfaces"]["gate"]
        (card,) = interface["securityGroup"]["attach"]
        found = ec2.describe_network_interfaces(NetworkInterfaceIds=[card])
        groups = [each["GroupId"] for each in found["NetworkInterfaces"][0]["Groups"]]
        named = [{"Name": "group-id", "Values": groups}]
        rules = ec2.describe_security_group_rules(Filters=named)["SecurityGroupRules"]
        subnets = [
            {"Name": "association.subnet-id", "Values": interface["networkAcl"]["subnetIds"]}
        ]
        (acl,) = ec2.describe_network_acls(Filters=subnets)["NetworkAcls"]
        return {
            (
                "group",
                rule["IsEgress"],
                rule["IpProtocol"],
                rule.get("FromPort"),
                rule.get("ToPort"),
                rule.get("CidrIpv4")
                or rule.get("CidrIpv6")
                or str(rule.get("ReferencedGroupInfo")),
            )
            for rule in rules
        } | {
            (
                "acl",
                entry["Egress"],
                entry["Protocol"],
                str(entry.get("PortRange")),
                entry.get("CidrBlock") or entry.get("Ipv6CidrBlock"),
            )
            for entry in acl["Entries"]
            if entry["RuleAction"] == "allow"
        }

    def clear_spares(self) -> int:
        """Delete the ACLs that nothing uses, as the page tells people to; how many there were."""
        ours = self.stack.urns()["gate-acl"]
        vpc = [{"Name": "vpc-id", "Values": [self.stack.settings["interfaces"]["gate"]["vpc"]]}]
        spare = [
            acl
            for acl in self.clouds.ec2.describe_network_acls(Filters=vpc)["NetworkAcls"]
            if not acl["IsDefault"] and acl["NetworkAclId"] != ours
        ]
        assert [acl["Associations"] for acl in spare if acl["Associations"]] == []
        for acl in spare:
            self.clouds.ec2.delete_network_acl(NetworkAclId=acl["NetworkAclId"])
        return len(spare)


class OnAzure(Firewall):
    def passes(self) -> set[tuple[Any, ...]]:
        """The rules of the NSGs that allow something."""
        return {
            (name, rule["direction"], rule["access"], str(rule.get("destinationPortRange")), prefix)
            for name, rules in self.nsgs().items()
            for rule in rules
            for prefix in rule.get("sourceAddressPrefixes") or [rule.get("sourceAddressPrefix")]
            if rule["access"] == "Allow"
        }

    def nsgs(self) -> dict[str, list[dict[str, Any]]]:
        store = json.loads(self.clouds.environment.arm_store.read_text("utf-8"))
        group = self.stack.settings["interfaces"]["gate"]["resourceGroup"]
        nsgs = store["resourceGroups"][group.lower()]["networkSecurityGroups"]
        return {name: [rule["properties"] for rule in nsg["rules"]] for name, nsg in nsgs.items()}


def settings(cloud: str, interface: dict[str, Any]) -> dict[str, Any]:
    roles = {"roles": ["management"], "external": False, "subnets": ["10.20.100.0/24"]}
    return {
        "cloud": cloud,
        "gateway": copy.deepcopy(SETTINGS["gateway"]),
        "networks": {"admins": ADMINS[0]},
        "features": {"ssh-admin": {}, "gui-https": {}, "pmtu": False},
        "interfaces": {"gate": roles | interface},
    }


def aws_firewall(clouds: Clouds, name: str) -> OnAws:
    network = seed.aws(clouds.endpoint, REGION, name, {"gate": ["10.20.100.0/24"]})
    interface = {
        "vpc": network.vpc_id,
        "securityGroup": {"attach": [network.interface_ids["gate"]]},
        "networkAcl": {"subnetIds": [network.subnet_ids["gate"]], "fit": "merge"},
    }
    # The interface starts with the VPC's default group, which is not ours to judge.
    pulumi = Pulumi(clouds.environment, cwd=PROJECT, engine=clouds.engine)
    values = settings("aws", interface)
    return OnAws(Stack(name, pulumi, aws_provider(clouds.endpoint), values), clouds)


def azure_firewall(clouds: Clouds, name: str) -> OnAzure:
    group = seed.azure(clouds.environment.arm_store, name, "westeurope").resource_group
    values = settings("azure", {"resourceGroup": group}) | {"dropProviderAliases": True}
    pulumi = Pulumi(clouds.environment, cwd=PROJECT, engine=clouds.engine)
    return OnAzure(Stack(name, pulumi, AZURE_PROVIDER, values), clouds)


STANDING: dict[str, list[Firewall]] = {}


def standing(make, clouds: Clouds, name: str) -> Firewall:
    """The firewall that the test before left in order, or a new one."""
    made = STANDING.setdefault(name, [])
    if not made or made[-1].dirty:
        made.append(make(clouds, f"{name}{len(made)}"))
        made[-1].stack.up()
    made[-1].dirty = True
    return made[-1]


@pytest.fixture
def aws(clouds: Clouds) -> OnAws:
    return standing(aws_firewall, clouds, "faults-aws")


@pytest.fixture
def azure(clouds: Clouds) -> OnAzure:
    return standing(azure_firewall, clouds, "faults-azure")


def cut_short(firewall: Firewall, *listed: dict[str, Any], before=None):
    """An update to the other administrators with these faults, and what passed before it."""
    old = firewall.passes()
    firewall.turn()
    result = firewall.stack.up(check=False, extra=faults(*listed))
    if before is not None:
        before()
    return result, old


def in_order_again(firewall: Firewall, old: set[Any], *, how: str) -> Result | None:
    """Finish by *how*, and hold what passed after the fault against what passes now and did before.

    Nothing wider than old and new together, and what both have is never gone.
    """
    between = firewall.passes()
    said = None
    if how == "recover":
        said = firewall.recover("--yes")
        assert said.exit_code == 0, said.output
        assert said.stdout.endswith("is unchanged: a preview shows nothing to do.\n"), said.stdout
    else:
        firewall.stack.up()
    new = firewall.passes()
    assert new != old
    assert between <= old | new, "something wider is left"
    assert old & new <= between, "something is lost"
    assert firewall.pending() == []
    firewall.spares = firewall.clear_spares()
    firewall.dirty = False
    return said


LOCKED = "the stack is currently locked by 1 lock(s)"
TORN = "failed to load checkpoint"
"""What is said instead where the engine was killed while it wrote the state."""


@pytest.mark.parametrize(
    ("fault", "strays"),
    [
        ({"action": NEW_RULE, "do": "kill-engine-before"}, False),
        ({"action": NEW_RULE, "do": "kill-engine-after", "nth": 2}, True),
        ({"action": "CreateNetworkAclEntry", "do": "kill-engine-after", "nth": 3}, None),
        ({"action": "ReplaceNetworkAclAssociation", "do": "kill-engine-after"}, None),
    ],
    ids=["before-a-rule", "after-a-rule", "in-an-acl", "acl-took-over"],
)
def test_a_killed_engine_leaves_a_lock_and_what_it_began_and_recover_clears_both(
    aws, fault, strays
) -> None:
    result, old = cut_short(aws, fault)

    assert result.code == -signal.SIGKILL
    if strays:
        refused = aws.stack.up(check=False).text
        assert LOCKED in refused or TORN in refused
    said = in_order_again(aws, old, how="recover").stdout
    assert "which has ended" in said
    assert "  begun, and never noted as done: creating gate-" in said
    if strays is not None:
        assert ("  in the cloud, and not in the state: sgr-" in said) == strays
    # The engine makes several things at once, so the ACL may be half made in every case.
    assert aws.spares == 1 if "Acl" in fault["action"] else aws.spares <= 1
    if aws.spares:
        assert "aws ec2 describe-network-acls --filters Name=tag:Name,Values=faults-aws" in said


def test_a_killed_provider_leaves_a_rule_that_no_state_knows(aws) -> None:
    result, old = cut_short(aws, {"action": NEW_RULE, "do": "kill-provider-after"})

    assert result.code != 0
    assert "EOF" in result.text or "connection" in result.text
    said = in_order_again(aws, old, how="recover").stdout
    assert "  in the cloud, and not in the state: sgr-" in said


def test_an_answer_that_is_lost_is_a_duplicate_until_recover_adopts_the_rule(aws) -> None:
    result, old = cut_short(
        aws,
        {
            "action": NEW_RULE,
            "do": "lose-answer",
            "code": "RequestSendFailed",
            "message": "read: connection reset by peer",
        },
    )

    assert "connection reset by peer" in result.text
    assert "InvalidPermission.Duplicate" in aws.stack.up(check=False).text
    dry = aws.recover("--dry-run")
    assert dry.exit_code == 1
    assert "Would do: Take 1 such rule into the state" in dry.stdout
    said = in_order_again(aws, old, how="recover").stdout
    assert " is gate-in-tcp-" in said


def test_throttling_that_ends_is_not_even_seen(aws) -> None:
    aws.clouds.environment.calls.unlink(missing_ok=True)
    throttled = {"code": "RequestLimitExceeded", "message": "Request limit exceeded."}
    result, old = cut_short(aws, {"action": NEW_RULE, "do": "refuse", "times": 3, **throttled})

    assert result.code == 0
    calls = aws.clouds.environment.calls.read_text("utf-8")
    assert calls.count("RequestLimitExceeded") == 3
    assert aws.passes() != old
    aws.dirty = False


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (
            {
                "action": NEW_RULE,
                "times": 0,
                "code": "RequestLimitExceeded",
                "message": "Request limit exceeded.",
            },
            "api error RequestLimitExceeded: Request limit exceeded.",
        ),
        (
            {
                "action": NEW_RULE,
                "nth": 2,
                "code": "RulesPerSecurityGroupLimitExceeded",
                "message": "The maximum number of rules per security group has been reached.",
            },
            "api error RulesPerSecurityGroupLimitExceeded",
        ),
        (
            {
                "action": "RevokeSecurityGroupIngress",
                "code": "UnauthorizedOperation",
                "message": "You are not authorized to perform this operation.",
            },
            "RevokeSecurityGroupIngress, https response error StatusCode: 400, api error "
            "UnauthorizedOperation",
        ),
        (
            {
                "action": "ReplaceNetworkAclAssociation",
                "code": "InternalError",
                "message": "An internal error has occurred",
            },
            "ReplaceNetworkAclAssociation, https response error StatusCode: 400, api error "
            "InternalError",
        ),
        (
            {
                "action": NEW_RULE,
                "nth": 2,
                "spreads": True,
                "times": 0,
                "code": "ExpiredToken",
                "message": "The security token included in the request is expired",
            },
            "The security token included in the request is expired",
        ),
    ],
    ids=["throttled-for-ever", "quota-half-way", "delete-refused", "acl-take-over", "expired"],
)
def test_what_the_cloud_refuses_is_said_and_the_next_update_goes_on_from_there(
    aws, fault, text
) -> None:
    result, old = cut_short(aws, {"do": "refuse", **fault})

    assert result.code != 0
    assert text in result.text
    in_order_again(aws, old, how="up")


def test_ctrl_c_lets_what_runs_come_to_its_end(aws) -> None:
    result, old = cut_short(aws, {"action": NEW_RULE, "do": "interrupt"})

    assert result.code != 0
    assert aws.pending() == []
    in_order_again(aws, old, how="up")


def test_a_disk_that_is_full_for_a_while_is_waited_for(aws) -> None:
    folder = aws.stack.pulumi.stack_files

    def make_room() -> None:
        while folder.is_dir():
            time.sleep(0.1)
        mend_folder(folder)

    room = threading.Thread(target=make_room, daemon=True)
    room.start()
    result, old = cut_short(aws, {"action": NEW_RULE, "do": "break-state", "path": str(folder)})
    room.join(timeout=60)

    assert not room.is_alive()
    assert result.code == 0
    assert aws.passes() != old
    aws.dirty = False


def test_a_rule_of_which_nothing_could_be_written_is_adopted(aws) -> None:
    folder = aws.stack.pulumi.stack_files
    result, old = cut_short(
        aws,
        {"action": NEW_RULE, "do": "kill-engine-after", "path": str(folder)},
        before=lambda: mend_folder(folder),
    )

    assert result.code == -signal.SIGKILL, "left alone, the engine tries for more than a minute"
    said = in_order_again(aws, old, how="recover").stdout
    assert "  in the cloud, and not in the state: sgr-" in said


@pytest.mark.parametrize("locked", [False, True], ids=["free", "locked"])
@pytest.mark.parametrize("cut", [".json", ".json.attrs"])
def test_a_state_that_was_cut_off_in_the_writing_is_put_back(azure, cut, locked) -> None:
    before = azure.stack.urns()
    file = azure.stack.pulumi.stack_files / f"{azure.stack.name}{cut}"
    file.write_text(file.read_text("utf-8")[:2000] if cut == ".json" else "", "utf-8")
    lock = lock_file(azure, pid=ended(), hostname=platform.node()) if locked else None

    assert locked or "failed to load checkpoint" in azure.stack.up(check=False).text
    said = azure.recover("--yes")
    assert said.exit_code == 0, said.output
    assert lock is None or not lock.exists()
    assert "an engine was killed while it wrote the state" in said.stdout
    assert azure.stack.urns() == before
    azure.dirty = False


def lock_file(firewall: Firewall, *, pid: int, hostname: str) -> Path:
    folder = firewall.clouds.environment.backend / ".pulumi" / "locks" / "organization"
    file = folder / "seg-firewall" / firewall.stack.name / "0000.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    said = {
        "pid": pid,
        "username": "kim",
        "hostname": hostname,
        "timestamp": "2026-01-02T03:04:05.6Z",
    }
    file.write_text(json.dumps(said), "utf-8")
    return file


def ended() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_lock_of_a_process_that_has_ended_is_removed(azure) -> None:
    lock = lock_file(azure, pid=ended(), hostname=platform.node())
    assert LOCKED in azure.stack.up(check=False).text
    said = azure.recover("--yes")

    assert said.exit_code == 0
    assert f" is locked by kim@{platform.node()}, process " in said.stdout
    assert "since 2026-01-02T03:04:05Z; which has ended" in said.stdout
    assert not lock.exists()
    azure.dirty = False


@pytest.mark.parametrize("qualified", ["organization/seg-firewall/{}", "organization/{}", "{}"])
def test_the_lock_of_a_running_engine_stays_by_whatever_name_of_the_stack(azure, qualified) -> None:
    with subprocess.Popen(["pulumi"], executable=shutil.which("cat"), stdin=-1) as engine:
        lock = lock_file(azure, pid=engine.pid, hostname=platform.node())
        said = azure.recover("--yes", "--cancel-lock", stack=qualified.format(azure.stack.name))
        engine.communicate()

    assert said.stderr.startswith("Stopped: an update is at work: ")
    assert lock.exists()
    lock.unlink()
    azure.dirty = False


def test_a_lock_of_another_machine_is_left_until_it_is_asked_for(azure) -> None:
    lock = lock_file(azure, pid=os.getpid(), hostname="elsewhere")
    said = azure.recover("--yes")

    assert said.exit_code == 1
    assert "add --cancel-lock" in said.stderr
    assert lock.exists()
    assert azure.recover("--yes", "--cancel-lock").exit_code == 0
    assert not lock.exists()
    azure.dirty = False


AZURE_PUT = "PUT .*/networkSecurityGroups/.*"


def test_an_engine_killed_after_an_nsg_was_written_has_written_all_of_it(azure) -> None:
    result, old = cut_short(azure, {"action": AZURE_PUT, "do": "kill-engine-after"})

    assert result.code == -signal.SIGKILL
    between = azure.passes()
    said = in_order_again(azure, old, how="recover").stdout
    assert "begun, and never noted as done: updating gate (network security group)" in said
    assert azure.passes() == between


def test_an_nsg_whose_making_was_never_noted_is_adopted_by_its_name(clouds: Clouds) -> None:
    azure = azure_firewall(clouds, "faults-azure-new")
    killed = azure.stack.up(
        check=False, extra=faults({"action": AZURE_PUT, "do": "kill-engine-after"})
    )
    (made,) = azure.nsgs()

    assert killed.code == -signal.SIGKILL
    said = azure.recover("--yes")
    assert said.exit_code == 0, said.output
    assert set(azure.nsgs()) == {made}, "there is no second one"
    assert azure.stack.urns()["gate"].endswith(made)


def test_a_first_update_that_was_killed_is_finished(clouds: Clouds) -> None:
    aws = aws_firewall(clouds, "faults-aws-new")
    killed = aws.stack.up(
        check=False, extra=faults({"action": NEW_RULE, "do": "kill-engine-after", "nth": 2})
    )

    assert killed.code == -signal.SIGKILL
    said = aws.recover("--yes")
    assert said.exit_code == 0, said.output
    assert "List the rules that the cloud has in gate." in said.stdout
    assert "  in the cloud, and not in the state: sgr-" in said.stdout
    assert {rule[5] for rule in aws.passes() if rule[0] == "group"} >= set(ADMINS[0])


@pytest.mark.parametrize(
    ("status", "code"), [(429, "TooManyRequests"), (409, "AnotherOperationInProgress")]
)
def test_a_busy_arm_is_asked_again(azure, status, code) -> None:
    refused = {"do": "refuse", "times": 2, "status": status, "code": code, "message": "Busy."}
    result, old = cut_short(azure, {"action": AZURE_PUT, **refused})

    assert result.code == 0
    assert azure.passes() != old
    azure.dirty = False


@pytest.mark.parametrize(
    ("status", "code"), [(412, "PreconditionFailed"), (409, "AnotherOperationInProgress")]
)
def test_what_arm_refuses_for_good_changes_nothing(azure, status, code) -> None:
    refused = {"do": "refuse", "times": 0, "status": status, "code": code, "message": "No."}
    result, old = cut_short(azure, {"action": AZURE_PUT, **refused})

    assert result.code != 0
    assert f'Status={status} Code="{code}" Message="No."' in result.text
    assert azure.passes() == old
    in_order_again(azure, old, how="up")


def test_an_approved_plan_applies_and_a_stack_changed_since_is_refused(azure, tmp_path) -> None:
    stack, plan = azure.stack, str(tmp_path / "plan.json")
    old = azure.passes()
    azure.turn()
    values = {f"seg-firewall:{key}": value for key, value in stack.settings.items()}
    stack.pulumi.configure(stack.name, {**stack.provider, **values})
    experimental = {"PULUMI_EXPERIMENTAL": "true"}
    stack.pulumi.preview(stack.name, "--save-plan", plan, extra=experimental)
    approved = copy.deepcopy(stack.settings["networks"]["admins"])

    stack.settings["networks"]["admins"] = [*approved, "10.40.77.0/28"]
    values["seg-firewall:networks"] = stack.settings["networks"]
    stack.pulumi.configure(stack.name, {**stack.provider, **values})
    refused = stack.pulumi.up(stack.name, "--plan", plan, check=False, extra=experimental)
    assert refused.code != 0
    assert "violates plan" in refused.text
    assert azure.passes() == old

    stack.settings["networks"]["admins"] = approved
    values["seg-firewall:networks"] = stack.settings["networks"]
    stack.pulumi.configure(stack.name, {**stack.provider, **values})
    applied = stack.pulumi.up(stack.name, "--plan", plan, extra=experimental)
    assert applied.report.named("update") == ("gate", "seg")
    assert azure.passes() != old
    azure.dirty = False
