"""`segfw adopt` as a user calls it."""

from __future__ import annotations

import copy
import json

import pytest
from click.testing import CliRunner

from segfw.cli.main import main
from tests.live.answers import files_of, group_rules, groups
from tests.shipped import CONFIG, planned
from tests.states import exported

STACK = "aws-prod-us-east-1"
PLAN = planned(STACK)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with what the cloud of the production stack answers."""
    monkeypatch.chdir(tmp_path)
    for name, text in files_of(PLAN):
        (tmp_path / name).write_text(text)
    return tmp_path


def call(*words, given=None):
    shipped = [] if "--propose" in words else ["--config-dir", str(CONFIG)]
    return CliRunner().invoke(main, ["adopt", *words, *shipped], input=given)


FILES = ("groups.json", "rules.json", "acls.json", "interfaces.json")


def write(path, held):
    path.write_text(json.dumps(held))


def test_what_a_stacks_own_cloud_answers_is_explained_and_ends_with_0(here):
    result = call(STACK, *FILES)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(
        "Adopting into aws-prod-us-east-1\n"
        "  56 of 56 rules of the cloud are explained.\n"
        "  The first update would change nothing in what is let through.\n"
        "  54 resources can be imported; the first update makes 0 more resources.\n"
    )
    assert "ssh-admin (row 2)" in result.stdout
    assert "pulumi import --stack aws-prod-us-east-1 --file import.json" in result.stdout


def test_the_import_file_is_written_only_where_it_is_asked_for(here):
    assert call(STACK, *FILES).exit_code == 0
    assert not (here / "import.json").exists()
    result = call(STACK, *FILES, "--import", "import.json")
    assert (result.exit_code, result.stderr) == (0, "Wrote import.json: 54 resources.\n")
    held = json.loads((here / "import.json").read_text())
    assert sum("id" in one for one in held["resources"]) == 54


def test_a_state_is_read_by_looking_at_it_and_whose_it_is_is_said(here):
    (here / "state.json").write_text(exported(PLAN))
    result = call(STACK, "state.json")
    assert result.exit_code == 0
    assert f'The state is of stack "{STACK}"' in result.stdout


def test_standard_input_may_have_several_answers(here):
    given = "".join(text for _, text in files_of(PLAN))
    assert call(STACK, "-", given=given).exit_code == 0


def open_to_all(here):
    held = copy.deepcopy(groups(PLAN))
    rules = copy.deepcopy(group_rules(PLAN))
    group = next(one for one in held["SecurityGroups"] if one["GroupId"].endswith("-public"))
    group["IpPermissions"].append(
        {
            "IpProtocol": "tcp",
            "FromPort": 3389,
            "ToPort": 3389,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            "Ipv6Ranges": [],
            "PrefixListIds": [],
            "UserIdGroupPairs": [],
        }
    )
    rules["SecurityGroupRules"].append(
        {
            "SecurityGroupRuleId": "sgr-0rdp",
            "GroupId": group["GroupId"],
            "GroupOwnerId": group["OwnerId"],
            "IsEgress": False,
            "IpProtocol": "tcp",
            "FromPort": 3389,
            "ToPort": 3389,
            "CidrIpv4": "0.0.0.0/0",
        }
    )
    write(here / "groups.json", held)
    write(here / "rules.json", rules)


def test_answers_of_another_account_are_refused(here):
    for path in here.glob("*.json"):
        path.write_text(path.read_text().replace("111122223333", "999922223333"))
    result = call(STACK, *FILES)
    assert result.exit_code == 1
    assert result.stderr.startswith(
        'groups.json: the answers are of account "999922223333", and aws:allowedAccountIds of '
        'stack "aws-prod-us-east-1" is "111122223333"; '
    )
    assert result.stdout == ""


def test_what_is_not_explained_comes_first_and_ends_with_1(here):
    open_to_all(here)
    result = call(STACK, *FILES)
    assert result.exit_code == 1
    assert (
        "Not explained\n"
        "  FROM OR TO THE INTERNET: in tcp 3389 from 0.0.0.0/0 (sgr-0rdp, security group "
        '"aws-prod-us-east-1-public" (sg-0027f06-public)): unexplained\n'
        "      No feature of the stack needs any of it: in tcp 3389: 0.0.0.0/0.\n"
    ) in result.stdout
    assert "THE FIRST UPDATE REVOKES OR REWRITES 1 RULE" in result.stdout
    assert (
        "  56 of 57 rules of the cloud are explained.\n"
        "  The first update would open nothing more, and close what 1 rule of the cloud lets "
        "through.\n"
    ) in result.stdout


def test_json_says_the_same_with_the_number_of_its_form(here):
    open_to_all(here)
    result = call(STACK, *FILES, "--format", "json")
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (said["format"], said["stack"], said["explained"]) == (1, STACK, False)
    (odd,) = (one for one in said["rules"] if one["verdict"] == "unexplained")
    assert (odd["rule"], odd["interface"]) == ("sgr-0rdp", "public")
    assert odd["beyond"] == [
        {
            "direction": "ingress",
            "family": "ipv4",
            "packets": "tcp 3389: 0.0.0.0/0",
        }
    ]
    assert said["revoked"] == ["sgr-0rdp"]
    assert len([one for one in said["import"]["resources"] if "id" in one]) == 54


def test_markdown_has_headings_and_tables(here):
    said = call(STACK, *FILES, "--format", "markdown").stdout
    assert said.startswith("# Adopting into aws-prod-us-east-1\n")
    assert "| interface | rule of the cloud | verdict |" in said


def test_without_rule_ids_nothing_is_written_and_the_command_is_told(here):
    result = call(STACK, "groups.json", "acls.json", "interfaces.json", "--import", "import.json")
    assert result.exit_code == 1
    assert not (here / "import.json").exists()
    assert "aws ec2 describe-security-group-rules --filters Name=group-id" in result.stderr
    assert "Not yet: " in result.stdout


def test_bad_input_is_told_at_once_with_file_path_and_next_step(here):
    (here / "bad.json").write_text('{"SecurityGroups": [{"GroupId": "sg-1"}]}')
    result = call(STACK, "bad.json", "nosuch.json")
    assert result.exit_code == 1
    assert "nosuch.json: no such file or directory." in result.stderr
    (here / "nosuch.json").write_text("[]")
    result = call(STACK, "bad.json", "nosuch.json")
    assert result.stderr.splitlines()[0].startswith("bad.json: SecurityGroups[0].GroupName: it is")
    assert result.stderr.splitlines()[1].startswith("nosuch.json: the answer is an empty list")
    assert result.stderr.endswith("2 problems.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((STACK,), "a STACK and at least one FILE are needed"),
        ((), "Missing argument"),
        ((STACK, "groups.json", "--output", "x"), "--output belongs to --propose"),
        (("--propose", "x", "groups.json", "--at", "a=b"), "takes neither --at nor --import"),
    ],
)
def test_a_call_that_cannot_be_read_ends_with_2(here, words, said):
    result = call(*words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_at_places_a_group_and_a_slip_in_it_is_told(here):
    result = call(STACK, *FILES, "--at", "pubic=sg-0027f06-public")
    assert result.exit_code == 1
    assert 'no such interface; did you mean "public"?' in result.stderr
    result = call(STACK, *FILES, "--at", "public=sg-0027f06-public")
    assert result.exit_code == 0
    assert "you say so" in result.stdout


def test_a_state_is_given_alone(here):
    (here / "state.json").write_text(exported(PLAN))
    result = call(STACK, "state.json", "groups.json")
    assert result.exit_code == 1
    assert "state.json: a state tells all of a stack; give it alone" in result.stderr


def test_a_proposal_is_read_back_and_tells_what_to_fill_in(here):
    result = call("--propose", "aws-prod-new", *FILES)
    assert result.exit_code == 1
    assert "config:\n" in result.stdout
    assert 'gateway: has no "release"' in result.stderr
    line = int(result.stderr.partition("Pulumi.aws-prod-new.yaml:")[2].partition(":")[0])
    assert "seg-firewall:gateway:" in result.stdout.splitlines()[line - 1]


def test_a_proposal_never_overwrites_and_compiles_once_it_is_filled_in(here):
    target = here / "Pulumi.aws-dev-new.yaml"
    result = call("--propose", "aws-dev-new", *FILES, "--output", str(target))
    assert result.exit_code == 1
    assert result.stdout == ""
    again = call("--propose", "aws-dev-new", *FILES, "--output", str(target))
    assert again.exit_code == 2
    assert "is there already; --propose never overwrites" in again.stderr
    text = target.read_text()
    target.write_text(text.replace("environment: dev", 'environment: dev, release: "15.0"'))
    checked = CliRunner().invoke(main, ["check", "aws-dev-new", "--config-dir", str(here)])
    assert checked.exit_code == 0, checked.output


def test_the_guardrails_judge_what_a_cloud_answers(here):
    open_to_all(here)
    given = (here / "groups.json").read_text()
    result = CliRunner().invoke(main, ["policy", "--state", "-"], input=given)
    assert result.exit_code in (0, 4)
    assert "security group" in result.output
    assert "3389" in result.output


DEV = planned("aws-dev-us-east-1")
OUT = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
"""The egress rule that AWS gives every new group."""


def foreign(here, *, ports=(443, 3389, 5900)):
    """A group that nothing places, of which the first port is open to the world."""
    far = dict.fromkeys(ports, "10.0.0.0/8") | {ports[0]: "0.0.0.0/0"}
    ends = {"UserIdGroupPairs": [], "Ipv6Ranges": [], "PrefixListIds": []}
    ingress = [
        {**ends, "IpProtocol": "tcp", "FromPort": n, "ToPort": n, "IpRanges": [{"CidrIp": cidr}]}
        for n, cidr in far.items()
    ]
    (group,) = groups(DEV)["SecurityGroups"][:1]
    group |= {"GroupId": "sg-0aaa", "GroupName": "esa mail", "Tags": []}
    group |= {"IpPermissions": ingress, "IpPermissionsEgress": [{**ends, **OUT}]}
    write(here / "groups.json", {"SecurityGroups": [group]})


def test_what_has_no_place_is_said_first_with_the_call_that_places_it(here):
    foreign(here)
    result = call("aws-dev-us-east-1", "groups.json")
    assert result.exit_code == 1
    first = result.stdout.splitlines()[1]
    assert first.startswith(
        "  4 rules of 1 security group were NOT COMPARED: no interface is known for "
        "sg-0aaa (esa mail); say --at INTERFACE=ID"
    )
    assert "explained" not in result.stdout.partition("Where each belongs")[0]
    assert "It lets in from the internet: in tcp 443: 0.0.0.0/0.\n" in result.stdout
    command = next(
        line.split() for line in result.stdout.splitlines() if line.strip().startswith("segfw ")
    )
    assert command == [
        *("segfw", "adopt", "aws-dev-us-east-1", "groups.json"),
        *("--config-dir", str(CONFIG), "--at", "data=sg-0aaa"),
    ]
    again = CliRunner().invoke(main, command[1:])
    assert again.exit_code == 1
    assert "NOT COMPARED" not in again.stdout
    assert again.stdout.splitlines()[1] == "  0 of 4 rules of the cloud are explained."


def test_what_is_not_open_to_the_world_is_not_said_to_be(here):
    foreign(here)
    held = json.loads((here / "groups.json").read_text())
    (group,) = held["SecurityGroups"]
    group["IpPermissions"][0]["IpRanges"] = [{"CidrIp": "192.0.2.0/24"}]
    write(here / "groups.json", held)
    result = call("aws-dev-us-east-1", "groups.json")
    assert "4 rules of 1 security group were NOT COMPARED" in result.stdout
    assert "INTERNET" not in result.stdout
    assert "from the internet" not in result.stdout


def test_json_says_of_what_has_no_place_where_it_may_be(here):
    foreign(here)
    (one,) = json.loads(call("aws-dev-us-east-1", "groups.json", "--format", "json").stdout)[
        "unplaced"
    ]
    assert (one["id"], one["rules"], one["interfaces"]) == ("sg-0aaa", 4, ["data"])
    assert one["fromInternet"] == "in tcp 443: 0.0.0.0/0"


def test_a_group_that_is_on_none_of_the_stacks_interfaces_is_offered_none(here):
    """`interfaces.json` tells which groups are there, and this one is not."""
    held = groups(PLAN)
    odd = {**held["SecurityGroups"][0], "GroupId": "sg-0ddd", "GroupName": "other", "Tags": []}
    write(here / "groups.json", {"SecurityGroups": [*held["SecurityGroups"], odd]})
    result = call(STACK, "groups.json", "acls.json", "interfaces.json", "--format", "json")
    (one,) = json.loads(result.stdout)["unplaced"]
    assert (one["id"], one["interfaces"]) == ("sg-0ddd", [])
    first = call(STACK, "groups.json", "acls.json", "interfaces.json").stdout.splitlines()[1]
    assert "no interface is known for sg-0ddd (other); leave out of the files" in first


def test_a_point_at_which_nothing_is_placed_is_said_before_what_is_explained(here):
    result = call(STACK, "groups.json", "rules.json", "interfaces.json")
    assert result.stdout.splitlines()[1].startswith("  No network ACL of the cloud is placed at ")
    assert " rules of the cloud are explained." in result.stdout


def test_the_egress_rule_that_aws_gives_every_group_fits_in_short_lines(here):
    foreign(here)
    result = call("aws-dev-us-east-1", "groups.json", "--at", "data=sg-0aaa")
    assert max(map(len, result.stdout.splitlines())) <= 300
    said = next(
        line for line in result.stdout.splitlines() if "It lets through more than they" in line
    )
    assert "out everything but tcp 25, tcp 80, tcp 443, tcp 53, udp 53 (10.20.53.53/32, " in said
    assert said.endswith(": 0.0.0.0/0.")


def test_a_rule_that_lets_everything_out_is_no_features_and_names_what_it_covers(here):
    foreign(here)
    result = call("--propose", "aws-dev-new", "groups.json")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    heading = lines.index("# A RULE LETS EVERYTHING OUT, and no feature is taken for it:")
    assert lines[heading + 1] == "#   esa-mail: out any to 0.0.0.0/0"
    assert "out any any" not in result.stdout
    assert "THE GATEWAY WILL BE CUT OFF FROM WHAT IS NOT" in result.stdout
    for choice in (
        "send-mail: {} # out tcp 25 to any address",
        "dns: {} # out udp 53, tcp 53 to dns-servers",
        "ntp: {} # out udp 123 to ntp-servers",
        "updates: {} # out tcp 80 to ",
        "ldap: {} # out tcp 389 to ldap-servers",
    ):
        assert any(line.startswith(f"#     {choice}") for line in lines), choice
    assert not any(line.startswith("#     ssh-admin") for line in lines)
    (told,) = (line for line in result.stderr.splitlines() if "interfaces.esa-mail" in line)
    assert told.startswith(f"Pulumi.aws-dev-new.yaml:{heading + 1}: interfaces.esa-mail: ")
    assert '"out any to 0.0.0.0/0" lets everything out' in told
    assert "send-mail, deliver-inside, dns, ntp, updates and " in told
    assert "The gateway will be cut off from what is not chosen." in told


def test_an_egress_rule_of_one_service_is_not_said_to_let_everything_out(here):
    result = call("--propose", "aws-prod-new", *FILES)
    assert "EVERYTHING" not in result.stdout
    assert "lets everything out" not in result.stderr
