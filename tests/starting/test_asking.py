"""What is missing is asked for, what others depend on first; an answer is a flag."""

from __future__ import annotations

import pytest
import yaml

from segfw.problems import Place, Problem
from segfw.starting.answers import answered
from segfw.starting.asking import Question, is_about
from segfw.starting.examples import with_examples
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


def imports_question(folder=CONFIG, **changed):
    start = begun(ON_AWS, folder, **changed)
    (question,) = [q for q in start.questions if q.field == "imports"]
    return question


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_of_the_shipped_files_only_the_one_without_addresses_is_the_default(environment):
    question = imports_question(environment=environment)
    ready, _, examples = question.text.partition("; example addresses are in ")

    assert (question.default, question.needed) == ("base", False)
    assert ready.endswith('of "base"')
    assert all(f'"{name}"' in examples for name in SHARED if name != "base")


def test_a_shared_file_is_marked_exactly_where_it_holds_addresses():
    for path in (CONFIG / "shared").glob("*.yaml"):
        ours = yaml.safe_load(path.read_text("utf-8"))["config"]
        assert with_examples(CONFIG, [path.stem]) == (
            (path.stem,) if "seg-firewall:networks" in ours else ()
        )


def test_files_whose_addresses_are_your_own_are_offered_those_of_the_region_among_them(tmp_path):
    (tmp_path / "shared").mkdir()
    for path in (CONFIG / "shared").glob("*.yaml"):
        text = path.read_text("utf-8").replace(" Example addresses: put yours in a copy.", "")
        (tmp_path / "shared" / path.name).write_text(text, "utf-8")

    assert imports_question(tmp_path).default == "base,company,eu-central-1"
    production = imports_question(tmp_path, environment="prod")
    assert production.default == "base,company,production,eu-central-1"
    assert "example" not in production.text


@pytest.mark.parametrize("name", ["nowhere", "a\x00b"])
def test_a_shared_file_that_is_none_holds_no_examples(name):
    assert with_examples(CONFIG, [name]) == ()


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


@pytest.mark.parametrize(
    ("flag", "path", "message", "expected"),
    [
        ("--network admins", "networks.admins[10.0.0.1/8]", "has host bits set.", True),
        ("--network admins2", "networks.admins2", "is empty.", False),
        ("--network admins=x", "", "is given twice.", True),
        ("--network bastion", "", "has another form.", False),
        ("--subnet admins=x", "", "is given twice.", False),
        ("--feature ssh-admin", "features.ssh-admin", 'its networks ("admins") hold many.', True),
        ("--feature ssh-admin", "features.ssh-admin", 'its networks ("bastion") hold many.', False),
        ("--feature ssh-admin", "x", 'no such network; did you mean "admins"?', False),
    ],
)
def test_a_problem_is_about_the_network_whose_flag_or_name_it_has(flag, path, message, expected):
    question = Question("networks", "", "", prefix="admins=", path="networks.admins")

    assert is_about(Problem(Place(flag, 0), path, message), question) is expected
