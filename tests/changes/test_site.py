"""Where a firewall is deployed: a stack file of another region or account is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from segfw.changes import compare
from segfw.changes.site import Site, site_words
from segfw.problems import ProblemsFound
from segfw.settings.types import Cloud
from segfw.state import read_state
from tests.changes.comparing import stack
from tests.review.planning import plan_of
from tests.settings.reading import ON_AWS, ON_AZURE
from tests.states import ACCOUNT, export, resources_of

SSH = stack("ssh-admin: {}")
ELSEWHERE = ON_AWS.replace("eu-central-1", "us-east-1")
AZURE_ELSEWHERE = ON_AZURE.replace("westeurope", "northeurope")
SUBSCRIPTION = "6f0c0000-0000-0000-0000-000000000001"


def compared(below, new, edit=None, accounts=()):
    """A comparison of a stack with the provider's config *new* with what *below* deployed."""
    resources = resources_of(plan_of(SSH, below))
    if edit is not None:
        edit(resources)
    return compare(plan_of(SSH, new), read_state(export(resources), "state.json"), accounts)


def refused(below, new, edit=None, accounts=()):
    with pytest.raises(ProblemsFound) as found:
        compared(below, new, edit, accounts)
    return str(found.value)


def only_the_provider_says(resources):
    for one in resources:
        if "arn" in one.get("outputs", {}):
            del one["outputs"]["arn"]


def only_inputs_say(resources):
    only_the_provider_says(resources)
    resources[:] = [one for one in resources if not one["type"].startswith("pulumi:providers")]
    for one in resources:
        one.pop("provider", None)
        if one["type"] == "aws:ec2/securityGroup:SecurityGroup":
            one["inputs"]["region"] = "eu-central-1"
        if one["type"] == "azure-native:network:NetworkSecurityGroup":
            one["inputs"]["location"] = "West Europe"


def nobody_says(resources):
    only_inputs_say(resources)
    for one in resources:
        one.get("inputs", {}).pop("region", None)


REGION = (
    'state.json: a firewall in region "eu-central-1" is deployed, and aws:region of stack "test" '
    'is "us-east-1"; no update moves it without loss: keep "eu-central-1" here, make a new stack '
    'for "us-east-1", move the traffic to it, then destroy this one.'
)


@pytest.mark.parametrize("edit", [None, only_the_provider_says, only_inputs_say])
def test_another_region_is_refused_whatever_says_where_it_is(edit):
    assert refused(ON_AWS, ELSEWHERE, edit) == REGION
    assert not compared(ON_AWS, ON_AWS, edit).any


@pytest.mark.parametrize("edit", [None, only_inputs_say])
def test_another_location_is_refused_and_another_spelling_is_not(edit):
    assert refused(ON_AZURE, AZURE_ELSEWHERE, edit).startswith(
        "state.json: a firewall in location "
    )
    spelled = ON_AZURE.replace("westeurope", "West Europe")
    assert not compared(ON_AZURE, spelled, edit).any


def test_another_account_is_refused_by_what_aws_calls_the_resources():
    assert refused(ON_AWS, ON_AWS, accounts=["999922223333"]) == (
        'state.json: a firewall in account "111122223333" is deployed, and aws:allowedAccountIds '
        'of stack "test" is "999922223333"; no update moves it without loss: keep "111122223333" '
        'here, make a new stack for "999922223333", move the traffic to it, then destroy this one.'
    )


@pytest.mark.parametrize("spell", [json.dumps, list])
def test_another_account_is_refused_by_what_the_provider_may_change(spell):
    def edit(resources):
        only_the_provider_says(resources)
        resources[2]["inputs"]["allowedAccountIds"] = spell([ACCOUNT, "111122220000"])

    assert "no update moves it" in refused(ON_AWS, ON_AWS, edit, ["999922223333"])
    assert not compared(ON_AWS, ON_AWS, edit, [ACCOUNT]).any


def test_one_more_account_that_may_be_changed_is_none_to_move_to():
    assert not compared(ON_AWS, ON_AWS, accounts=["999922223333", ACCOUNT]).any


def test_another_subscription_is_refused_by_id_and_by_provider():
    def by_id(resources):
        for one in resources:
            if one["type"].endswith(":NetworkSecurityGroup"):
                one["id"] = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/x/y/z"

    def by_provider(resources):
        resources[2]["inputs"]["subscriptionId"] = SUBSCRIPTION

    for edit in (by_id, by_provider):
        said = refused(ON_AZURE, ON_AZURE, edit, ["00000000-0000-0000-0000-000000000000"])
        assert f'in subscription "{SUBSCRIPTION}" is deployed' in said
        assert not compared(ON_AZURE, ON_AZURE, edit, [SUBSCRIPTION.upper()]).any


def test_what_only_one_side_says_is_not_compared():
    assert not compared(ON_AWS, ELSEWHERE, nobody_says, ["999922223333"]).any


def test_a_program_whose_provider_knows_the_region_says_none():
    plan = plan_of(SSH, ELSEWHERE)
    anywhere = plan._replace(settings=replace(plan.settings, region=None))
    state = read_state(export(resources_of(plan_of(SSH))), "state.json")

    assert not compare(anywhere, state).any


def test_the_provider_that_a_resource_names_is_the_one_that_counts():
    def edit(resources):
        only_the_provider_says(resources)
        own = resources[2]
        inputs = {**own["inputs"], "region": "us-east-1"}
        older = {**own, "urn": own["urn"].replace("default_7", "default_6"), "inputs": inputs}
        resources.insert(2, older)

    assert not compared(ON_AWS, ON_AWS, edit).any


def test_config_that_is_no_list_says_nothing():
    def edit(resources):
        only_the_provider_says(resources)
        resources[2]["inputs"]["allowedAccountIds"] = "[111"

    assert not compared(ON_AWS, ON_AWS, edit, ["999922223333"]).any


def test_what_the_state_does_not_say_is_said():
    assert site_words(Cloud.AWS, Site((), ())) == (
        "region not in the state, account not in the state"
    )
    assert site_words(Cloud.AZURE, Site(("westeurope",), (("a", "b"), ("b",)))) == (
        "location westeurope, subscription a, b"
    )
