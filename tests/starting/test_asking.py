"""What is missing is asked for, what others depend on first; an answer is a flag."""

from __future__ import annotations

import pytest

from segfw.starting.asking import Question, answered
from segfw.starting.given import Given
from tests.starting.starting import CONFIG, SHARED, begun

NOTHING = Given()
ON_AWS = Given(cloud="aws", region="eu-central-1", environment="dev", release="15.5")


def asked(given, *, needed=True):
    questions = begun(given).questions
    return [(q.flag, q.prefix) for q in questions if q.needed or not needed]


def test_of_nothing_everything_is_missing_at_once():
    assert asked(NOTHING) == [
        ("--cloud", ""),
        ("--region", ""),
        ("--environment", ""),
        ("--release", ""),
        ("--interface", ""),
        ("--feature", ""),
    ]


def test_shared_files_are_offered_those_of_the_region_and_production_among_them():
    (question,) = [q for q in begun(ON_AWS).questions if q.field == "imports"]
    production = begun(ON_AWS._replace(environment="prod")).questions

    assert (question.default, question.needed) == ("base,company,eu-central-1", False)
    assert all(name in question.text for name in SHARED)
    assert [q.default for q in production if q.field == "imports"] == [
        "base,company,production,eu-central-1"
    ]


def test_what_an_import_says_is_not_asked_for():
    flags = [
        flag
        for flag, _ in asked(
            ON_AWS._replace(environment=None, release=None, imports=("production",))
        )
    ]

    assert not {"--environment", "--release", "--feature"} & set(flags)
    assert "--network" in flags


def test_production_needs_its_account_and_the_rest_may_name_it():
    def accounts(environment):
        return [
            q.needed
            for q in begun(ON_AWS._replace(environment=environment)).questions
            if q.field == "account"
        ]

    assert (accounts("prod"), accounts("dev")) == ([True], [False])


def test_a_cisco_region_is_asked_for_where_the_catalog_cannot_tell():
    assert ("--cisco-region", "") in asked(ON_AWS._replace(region="me-south-1"))
    assert ("--cisco-region", "") not in asked(ON_AWS)


def test_networks_that_features_and_the_proxy_need_are_asked_for_by_name():
    given = ON_AWS._replace(
        interfaces=("data:external",),
        vpcs=("vpc-1",),
        features=("ssh-admin,gui-https,updates,cluster",),
        hosts=("default=proxy:proxies:3128",),
    )
    found = {q.prefix: q.text for q in begun(given).missing}

    assert found == {
        "admins=": 'Prefixes of the network "admins", for ssh-admin, gui-https',
        "proxies=": 'Prefixes of the network "proxies", for updates',
        "cluster-members=": 'Prefixes of the network "cluster-members", for cluster',
    }


def test_a_cluster_that_is_its_own_peer_needs_no_network():
    given = ON_AWS._replace(
        interfaces=("data:external",),
        vpcs=("vpc-1",),
        attached=("eni-1",),
        features=("cluster:peer=self",),
    )

    assert begun(given).missing == ()


def test_a_feature_that_names_networks_needs_those_and_not_its_default():
    given = ON_AWS._replace(
        interfaces=("data:external",), vpcs=("vpc-1",), features=("ssh-admin:from=bastion",)
    )

    assert asked(given) == [("--network", "bastion=")]


def test_hosts_without_addresses_need_one_strategy():
    given = ON_AWS._replace(interfaces=("data:external",), vpcs=("vpc-1",), features=("updates",))

    assert asked(given) == [("--host", "default=")]
    assert asked(given._replace(hosts=("default=internet",))) == []


@pytest.mark.parametrize(
    ("interfaces", "missing"),
    [
        (("data",), [("--interface", "data:")]),  # the reach
        (("a:external", "b:public:external"), [("--interface", "a:external:")]),  # the roles
        (("management:internal", "b:public:external"), []),
    ],
)
def test_what_an_interface_lacks_is_asked_for(interfaces, missing):
    given = ON_AWS._replace(interfaces=interfaces, vpcs=("vpc-1",), features=("talos",))

    assert asked(given) == missing


def test_each_interface_is_asked_for_its_subnets_and_where_it_lacks_one_its_vpc():
    given = ON_AWS._replace(
        interfaces=("management:internal", "public:external"),
        features=("talos",),
        vpcs=("public=vpc-1",),
    )

    assert asked(given) == [("--vpc", "management=")]
    assert [q.prefix for q in begun(given).questions if q.field == "subnets"] == [
        "management=",
        "public=",
    ]


def test_an_example_of_each_question_answers_it():
    given, steps = NOTHING, 0
    while missing := begun(given).missing:
        question = missing[0]
        given = answered(
            given, question, question.choices[0] if question.choices else question.example
        )
        steps += 1
        assert steps < 30, question

    assert begun(given).unread == ()


def test_an_answer_completes_an_entry_or_adds_one():
    held = Given(interfaces=("a", "b"), networks=("x=10.0.0.0/8",))

    completes = Question("interfaces", "", "", prefix="a:", replaces="a")
    adds = Question("networks", "", "", prefix="y=")
    assert answered(held, completes, "internal").interfaces == ("a:internal", "b")
    assert answered(held, adds, "10.0.0.0/9").networks == ("x=10.0.0.0/8", "y=10.0.0.0/9")
    several = Question("interfaces", "", "")
    assert answered(Given(), several, "a:internal b:external").interfaces == (
        "a:internal",
        "b:external",
    )


@pytest.mark.parametrize("answer", ["", "none"])
def test_what_is_not_needed_may_be_declined(answer):
    question = Question("imports", "", "", default="base", needed=False)

    assert answered(NOTHING, question, answer) == NOTHING


def test_the_folder_of_the_shared_files_is_only_read():
    before = sorted(CONFIG.rglob("*"))
    begun(NOTHING)
    assert sorted(CONFIG.rglob("*")) == before
