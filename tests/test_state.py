"""A Pulumi state, read strictly: what is no state is said, and secrets are never read."""

from __future__ import annotations

import json

import pytest

from segfw.problems import ProblemsFound
from segfw.state import SECRET, read_state
from tests.states import SECRET as ENVELOPE
from tests.states import export, stack_resource, urn

GROUP = "aws:ec2/securityGroup:SecurityGroup"
HOW = "write one with pulumi stack export --stack STACK --file state.json"


def group(**more):
    return {
        "urn": urn("small", GROUP, name="data"),
        "custom": True,
        "id": "sg-1",
        "type": GROUP,
        "inputs": {"vpcId": "vpc-1"},
        "parent": stack_resource("small")["urn"],
        **more,
    }


def refused(text):
    with pytest.raises(ProblemsFound) as found:
        read_state(text, "state.json")
    return str(found.value)


def whole(**more):
    return json.dumps({"version": 3, "deployment": {"resources": [group(**more)]}})


BAD = {
    "an empty file": ("", f"the file is empty; {HOW}."),
    "blanks": (" \n", f"the file is empty; {HOW}."),
    "yaml": ("version: 3\n", f"this is not JSON (line 1); {HOW}."),
    "half of a file": ('{"version": 3,\n "deployment": {', f"this is not JSON (line 2); {HOW}."),
    "nested without end": ("[" * 100_000, f"this is not JSON; {HOW}."),
    "a list": ("[]", f"a mapping is needed here; {HOW}."),
    "other JSON": ("{}", f'this is no Pulumi state: it has no version and "deployment"; {HOW}.'),
    "a stack's outputs": (
        '{"digest": "0"}',
        f'this is no Pulumi state: it has no version and "deployment"; {HOW}.',
    ),
    "an old version": (
        '{"version": 2, "deployment": {}}',
        f"version: 2 is not read here, only 3 and 4; {HOW}.",
    ),
    "a version to come": (
        '{"version": 5, "deployment": {}}',
        f"version: 5 is not read here, only 3 and 4; {HOW}.",
    ),
    "a version that is true": (
        '{"version": true, "deployment": {}}',
        f"version: True is not read here, only 3 and 4; {HOW}.",
    ),
    "a deployment that is text": (
        '{"version": 3, "deployment": "encrypted"}',
        f"deployment: a mapping is needed here; {HOW}.",
    ),
    "resources that are a mapping": (
        '{"version": 3, "deployment": {"resources": {}}}',
        f"deployment.resources: a list is needed here; {HOW}.",
    ),
    "a resource that is text": (
        '{"version": 3, "deployment": {"resources": ["a"]}}',
        f"deployment.resources[0]: a mapping is needed here; {HOW}.",
    ),
    "no urn": (whole(urn=None), f"deployment.resources[0].urn: a text is needed here; {HOW}."),
    "a urn of something else": (
        whole(urn="arn:aws:ec2::1:2"),
        f"deployment.resources[0].urn: 'arn:aws:ec2::1:2' is no URN of a resource; {HOW}.",
    ),
    "a type that is a number": (
        whole(type=3),
        f"deployment.resources[0].type: a text is needed here; {HOW}.",
    ),
    "inputs that are a list": (
        whole(inputs=[]),
        f"deployment.resources[0].inputs: a mapping is needed here; {HOW}.",
    ),
    "operations that are text": (
        '{"version": 3, "deployment": {"pending_operations": "none"}}',
        f"deployment.pending_operations: a list is needed here; {HOW}.",
    ),
    "a deleted resource without a type": (
        '{"version": 3, "deployment": {"resources": [{"pendingReplacement": true}]}}',
        f"deployment.resources[0].urn: a text is needed here; {HOW}.",
    ),
    "inputs that are one secret": (
        whole(inputs=ENVELOPE),
        f'deployment.resources[0].inputs: all inputs of "data" are one secret; {HOW}.',
    ),
    "half of a character": (
        whole(id="sg-\ud800"),
        'deployment.resources[0]: a text of "urn:pulumi:small::seg-firewall::aws:ec2/securityGroup:'
        f'SecurityGroup::data" has U+D800, which is half of a character; {HOW}.',
    ),
    "half of a character in a URN": (
        whole(urn="urn:pulumi:small::p::t::\ud800"),
        'deployment.resources[0]: a text of "urn:pulumi:small::p::t::\\ud800" has U+D800, which is '
        f"half of a character; {HOW}.",
    ),
    "half of a character in a stack's name": (
        json.dumps({"version": 3, "checkpoint": {"stack": "a/\udfff"}}),
        f"checkpoint: a text has U+DFFF, which is half of a character; {HOW}.",
    ),
    "inputs nested without end": (
        '{"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::d", "type": "c", '
        f'"inputs": {{"a": {"[" * 700}{"]" * 700}}}}}]}}}}',
        f"this is nested too deeply; {HOW}.",
    ),
    "a resource twice": (
        export([group(), group(), group(delete=True)]),
        'deployment: "urn:pulumi:small::seg-firewall::aws:ec2/securityGroup:SecurityGroup::data" is '
        "there 2 times, and none of them waits to be deleted; the state is corrupt. Leave the one "
        "whose id the cloud has, and write the file back with pulumi stack import --file "
        "state.json.",
    ),
    "two projects": (
        export([group(), group(urn=urn("small", GROUP, name="data").replace("seg-firewall", "a"))]),
        "deployment: resources of several projects: a, seg-firewall.",
    ),
    "two stacks": (
        export([group(), group(urn=urn("other", GROUP, name="data"))]),
        "deployment: resources of several stacks: other, small.",
    ),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_what_is_no_state_is_said(text, said):
    assert refused(text) == f"state.json: {said}"


def test_an_export_is_read():
    state = read_state(export([stack_resource("small"), group(protect=True)]), "state.json")
    _, one = state.resources

    assert (state.stack, state.pending, state.empty) == ("small", (), False)
    assert (state.project, one.provider, one.arn, one.tainted) == ("seg-firewall", "", "", False)
    assert (one.name, one.type, one.id, one.protected) == ("data", GROUP, "sg-1", True)
    assert one.inputs == {"vpcId": "vpc-1"}


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 3, "deployment": {}}',
        '{"version": 3, "deployment": null}',
        '{"version": 4, "features": ["hooks"], "deployment": {"resources": []}}',
        '{"version": 3, "checkpoint": {"stack": "organization/seg-firewall/small"}}',
        export([stack_resource("small")]),
    ],
)
def test_a_stack_without_resources_has_nothing_deployed(text):
    assert read_state(text, "state.json").empty


def test_the_file_of_a_backend_is_read_too():
    deployment = json.loads(export([stack_resource("small"), group()]))["deployment"]
    held = {"stack": "organization/seg-firewall/small", "latest": deployment}
    state = read_state(json.dumps({"version": 3, "checkpoint": held}), "small.json")

    assert [one.name for one in state.resources] == ["seg-firewall-small", "data"]


def test_secrets_are_not_read_whether_or_not_they_were_decrypted():
    plain = {**ENVELOPE, "plaintext": '"hunter2"'}
    del plain["ciphertext"]
    inputs = {"vpcId": ENVELOPE, "tags": {"a": plain}, "entries": [{"cidr": plain}]}
    state = read_state(export([group(inputs=inputs)]), "state.json")

    assert state.resources[0].inputs == {
        "vpcId": SECRET,
        "tags": {"a": SECRET},
        "entries": [{"cidr": SECRET}],
    }
    assert "hunter2" not in repr(state)
    assert "v1:AAAA" not in repr(state)


def test_whole_numbers_are_whole_and_the_engines_notes_are_left_out():
    inputs = {"__defaults": ["name"], "fromPort": 22.0, "toPort": 22, "list": [{"__defaults": []}]}
    state = read_state(export([group(inputs=inputs)]), "state.json")

    assert repr(state.resources[0].inputs) == "{'fromPort': 22, 'toPort': 22, 'list': [{}]}"


def test_what_was_deleted_for_its_replacement_is_not_there():
    gone = group(pendingReplacement=True)
    leaving = group(delete=True)
    state = read_state(export([stack_resource("small"), gone, leaving]), "state.json")

    assert [one.leaving for one in state.resources] == [False, True]


def test_a_resource_may_be_there_twice_while_the_old_one_waits_to_be_deleted():
    resources = [stack_resource("small"), group(), group(delete=True), group(delete=True)]

    assert len(read_state(export(resources), "state.json").resources) == 4


def test_what_the_cloud_and_the_engine_say_of_a_resource_is_read():
    outputs = {"arn": "arn:aws:ec2:us-east-1:111122223333:security-group/sg-1"}
    made = group(taint=True, provider="urn::1", outputs=outputs)
    (one,) = read_state(export([made]), "state.json").resources

    assert (one.tainted, one.provider, one.arn) == (True, "urn::1", outputs["arn"])


def test_interrupted_operations_are_named():
    operations = [{"resource": group(), "type": "creating"}]
    state = read_state(export([stack_resource("small")], pending_operations=operations), "s.json")

    assert state.pending == ("data",)


def test_outputs_of_other_stacks_are_known_but_for_secrets():
    kind = "pulumi:pulumi:StackReference"
    reference = {
        "urn": urn("small", kind, name="acme/network/prod"),
        "custom": True,
        "id": "acme/network/prod",
        "type": kind,
        "inputs": {"name": "acme/network/prod"},
        "outputs": {
            "name": "acme/network/prod",
            "outputs": {"vpcId": "vpc-9", "token": ENVELOPE, "count": 3},
            "secretOutputNames": ["token"],
        },
    }
    hidden = {**reference, "outputs": {"outputs": ENVELOPE}}

    assert read_state(export([reference]), "s").outputs == {("acme/network/prod", "vpcId"): "vpc-9"}
    assert read_state(export([hidden]), "s").outputs == {}
