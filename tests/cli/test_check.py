"""`segfw check`: each stack alone, and all of them together."""

from __future__ import annotations

from tests.cli.calling import BROKEN, SMALL, WARNED, WITH_ACL

HELD = "small: 1 rule at 1 enforcement point, proven; 0 warnings.\n"
WARNING = (
    "  warning: config/Pulumi.warned.yaml:13: features.receive-mail: mail is received and has "
    "nowhere to go; switch deliver-inside on, or give send-mail the networks it goes to.\n"
)
PROBLEM = (
    'config/Pulumi.broken.yaml:13: features.ssh-admn: no such feature; did you mean "ssh-admin"?'
)
TAKEN = (
    '"subnet-1" is also in the network ACL of "data" of stack one; a subnet has one network ACL, '
    "and the last update would take it over."
)
NO_STACKS = (
    "there is no such file, nor any other stack's in config/; run this in the project's folder, "
    "or name the folder of the stack files with --config-dir."
)
ATTACHED = "      securityGroup: {attach: [eni-1]}\n"
TWICE = f"config/Pulumi.two.yaml:11: interfaces.data.networkAcl.subnetIds: {TAKEN}"


def test_one_stack_that_holds(folder):
    assert folder.stack("small").output("check", "small") == HELD


def test_a_stack_that_is_named_twice_is_checked_once(folder):
    assert folder.stack("small").output("check", "small", "small") == HELD


def test_a_stack_is_known_by_its_file_too_and_is_the_same_stack(folder):
    folder.stack("small")

    assert folder.output("check", "config/Pulumi.small.yaml") == HELD
    assert folder.output("check", "small", "config/Pulumi.small.yaml") == HELD


def test_two_stacks_of_one_name_are_not_checked_together(folder, tmp_path):
    folder.stack("small").config.rename(tmp_path / "other")
    folder.config.mkdir()
    folder.stack("small")
    result = folder.call("check", "small", "other/Pulumi.small.yaml")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        f'Error: both {tmp_path}/config and {tmp_path}/other have a stack "small"; check one '
        "folder at a time.\n"
    )


def test_all_stacks_of_the_folder_in_order(folder):
    folder.stack("small").stack("another").config.joinpath("Pulumi.yaml").write_text("name: x\n")

    assert folder.output("check", "--all") == HELD.replace("small", "another") + HELD


def test_a_broken_stack_does_not_hide_the_others(folder):
    result = folder.stack("small").stack("broken", BROKEN).call("check", "broken", "small")

    assert result.exit_code == 1
    assert result.stdout == HELD
    assert result.stderr == f"{PROBLEM}\n1 problem.\n"


def test_quiet_leaves_only_the_problems(folder):
    folder.stack("small").stack("broken", BROKEN)

    assert folder.output("check", "small", "--quiet") == ""
    result = folder.call("check", "--all", "-q")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{PROBLEM}\n1 problem.\n"


def test_a_warning_is_printed_and_fails_only_when_strict(folder):
    folder.stack("warned", WARNED)
    text = "warned: 1 rule at 1 enforcement point, proven; 1 warning.\n" + WARNING

    assert folder.output("check", "warned") == text
    assert folder.output("check", "warned", "--strict", status=1) == text


def test_a_strict_check_without_warnings_passes(folder):
    assert folder.stack("small").output("check", "small", "--strict") == HELD


def test_json_says_the_same_for_machines(folder):
    folder.stack("small").stack("broken", BROKEN).stack("warned", WARNED)
    report = folder.json("check", "small", "broken", "warned", status=1)

    digest = folder.json("plan", "small")["digest"]
    assert report["format"] == 2
    assert report["across"] == []
    assert report["stacks"]["small"] == {
        "digest": digest,
        "rules": 1,
        "proven": True,
        "problems": [],
        "remarks": [],
    }
    assert report["stacks"]["broken"] == {
        "proven": False,
        "problems": [
            {
                "kind": "problem",
                "text": 'no such feature; did you mean "ssh-admin"?',
                "file": "config/Pulumi.broken.yaml",
                "line": 13,
                "path": "features.ssh-admn",
            }
        ],
    }
    warning, note = report["stacks"]["warned"]["remarks"]
    assert warning == {
        "kind": "warning",
        "text": (
            "mail is received and has nowhere to go; switch deliver-inside on, or give send-mail "
            "the networks it goes to."
        ),
        "file": "config/Pulumi.warned.yaml",
        "line": 13,
        "path": "features.receive-mail",
    }
    assert (note["kind"], note["line"], note["path"]) == ("note", 12, "networks.admins")


def test_json_has_no_line_where_there_is_none(folder):
    report = folder.json("check", "small", status=1)

    assert report["stacks"]["small"]["problems"] == [
        {
            "kind": "problem",
            "text": NO_STACKS,
            "file": "config/Pulumi.small.yaml",
            "line": None,
            "path": "",
        }
    ]


def test_one_subnet_in_the_network_acls_of_two_stacks_is_a_problem(folder):
    result = folder.stack("one", WITH_ACL).stack("two", WITH_ACL).call("check", "--all")

    assert result.exit_code == 1
    assert result.stderr == f"{TWICE}\n1 problem.\n"


def test_one_subnet_in_two_stacks_is_a_problem_in_json_too(folder):
    report = folder.stack("one", WITH_ACL).stack("two", WITH_ACL).json("check", "--all", status=1)

    assert report["across"] == [
        {
            "kind": "problem",
            "text": TAKEN,
            "file": "config/Pulumi.two.yaml",
            "line": 11,
            "path": "interfaces.data.networkAcl.subnetIds",
        }
    ]
    assert [stack["proven"] for stack in report["stacks"].values()] == [True, True]


def test_network_acls_of_different_subnets_get_along(folder):
    other = WITH_ACL.replace("subnet-1", "subnet-2")

    assert folder.stack("one", WITH_ACL).stack("two", other).call("check", "--all").exit_code == 0


def test_one_interface_that_two_stacks_attach_is_a_problem(folder):
    held = SMALL.replace("      vpc: vpc-1\n", f"      vpc: vpc-1\n{ATTACHED}")
    result = folder.stack("one", held).stack("two", held).call("check", "--all")

    assert result.exit_code == 1
    assert result.stderr == (
        "config/Pulumi.two.yaml:11: interfaces.data.securityGroup.attach: "
        '"eni-1" is also attached to "data" of stack one; it would admit what either stack '
        "admits; attach it in one.\n1 problem.\n"
    )


def test_stacks_that_attach_different_interfaces_get_along(folder):
    one, two = (
        SMALL.replace("      vpc: vpc-1\n", f"      vpc: vpc-1\n{attached}")
        for attached in (ATTACHED, ATTACHED.replace("eni-1", "eni-2"))
    )

    assert folder.stack("one", one).stack("two", two).call("check", "--all").exit_code == 0


def test_nothing_named_is_a_wrong_call(folder):
    result = folder.stack("small").call("check")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("Error: nothing to check: name a stack, or --all.\n")


def test_all_of_an_empty_folder_is_a_wrong_call(folder):
    result = folder.call("check", "--all")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        "Error: nothing to check: config/ has no Pulumi.<stack>.yaml; run this in the project's "
        "folder, or name the folder of the stack files with --config-dir.\n"
    )


def test_a_folder_that_is_not_there_has_no_stack(folder):
    result = folder.call("check", "small", "--config-dir", "nowhere")

    assert (result.exit_code, result.stdout) == (1, "")
    where = NO_STACKS.replace("config/", "nowhere/")
    assert result.stderr == f"nowhere/Pulumi.small.yaml: {where}\n1 problem.\n"


def test_a_file_below_the_current_folder_is_named_from_there_and_any_other_in_full(
    folder, tmp_path, monkeypatch
):
    folder.stack("broken", BROKEN)
    said = []
    (tmp_path / "else" / "where").mkdir(parents=True)
    for current in (tmp_path, tmp_path.parent, tmp_path / "config", tmp_path / "else" / "where"):
        monkeypatch.chdir(current)
        result = folder.call("check", "broken", "--config-dir", str(tmp_path / "config"))
        said.append(result.stderr.partition(":13: ")[0])
    result = folder.call("check", "broken", "--config-dir", "../../config")

    assert said == [
        "config/Pulumi.broken.yaml",
        f"{tmp_path.name}/config/Pulumi.broken.yaml",
        "Pulumi.broken.yaml",
        f"{tmp_path}/config/Pulumi.broken.yaml",
    ]
    assert result.stderr.partition(":13: ")[0] == f"{tmp_path}/config/Pulumi.broken.yaml"


def test_only_aws_stacks_have_network_acls_to_share(folder):
    azure = (
        SMALL.replace("aws:region: eu-central-1", "azure-native:location: westeurope")
        .replace("cloud: aws", "cloud: azure")
        .replace("vpc: vpc-1", "resourceGroup: rg-1")
    )
    folder.stack("azure", azure)

    assert folder.output("check", "--all") == (
        "azure: 3 rules at 1 enforcement point, proven; 0 warnings.\n"
    )
