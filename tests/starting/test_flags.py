"""Flags become values of a stack's config, or problems that name the flag."""

from __future__ import annotations

import pytest

from segfw.starting.given import FLAGS, Given
from tests.starting.starting import ONE, begun, problems

TWO = ("management:internal", "mail:public,private:external")


def values(**changed):
    start = begun(**changed)
    assert start.unread == ()
    return start.values


def test_every_field_has_its_flag_and_a_call_says_them_all():
    assert set(FLAGS) == set(Given._fields)
    assert ONE.words() == (
        "--cloud",
        "aws",
        "--region",
        "eu-central-1",
        "--environment",
        "dev",
        "--release",
        "15.5",
        "--interface",
        "data:management,public,private:external",
        "--vpc",
        "vpc-1",
        "--network",
        "admins=10.9.0.0/28",
        "--feature",
        "receive-mail,ssh-admin",
    )


@pytest.mark.parametrize(
    ("interfaces", "roles", "external"),
    [
        (("data:external",), {"data": ["management", "public", "private"]}, {"data": True}),
        (("x:management:internal",), {"x": ["management"]}, {"x": False}),
        (
            ("management:internal", "dmz:public:external"),
            {"management": ["management"], "dmz": ["public"]},
            {"management": False, "dmz": True},
        ),
        (("public:external:public,private",), {"public": ["public", "private"]}, {"public": True}),
    ],
)
def test_an_interface_has_the_roles_that_are_said_or_that_its_name_says(
    interfaces, roles, external
):
    found = values(interfaces=interfaces)["interfaces"]

    assert {name: one["roles"] for name, one in found.items()} == roles
    assert {name: one["external"] for name, one in found.items()} == external


def test_whether_the_internet_reaches_an_interface_is_never_assumed():
    start = begun(interfaces=("management", "mail:public,private:external"))

    assert "external" not in start.values["interfaces"]["management"]
    (question,) = start.missing
    assert (question.flag, question.choices) == ("--interface", ("external", "internal"))


@pytest.mark.parametrize("vpcs", [("vpc-1", "mail=vpc-2"), ("mail=vpc-2", "vpc-1")])
def test_a_value_belongs_to_the_interface_that_it_names_or_to_all(vpcs):
    found = values(
        interfaces=TWO,
        vpcs=vpcs,
        subnets=("management=10.1.0.0/24", "mail=10.1.1.0/24,2001:db8::/64"),
        attached=("mail=eni-1,eni-2",),
        acls=("mail=subnet-1,subnet-2:merge",),
    )["interfaces"]

    assert found["management"]["vpc"] == "vpc-1"
    assert found["mail"]["vpc"] == "vpc-2"
    assert found["mail"]["families"] == ["ipv4", "ipv6"]
    assert "families" not in found["management"]
    assert found["mail"]["securityGroup"] == {"attach": ["eni-1", "eni-2"]}
    assert found["mail"]["networkAcl"] == {"subnetIds": ["subnet-1", "subnet-2"], "fit": "merge"}
    assert "networkAcl" not in found["management"]


def test_with_one_interface_its_name_may_be_left_out():
    assert values(subnets=("10.1.0.0/24",))["interfaces"]["data"]["subnets"] == ["10.1.0.0/24"]


def test_options_get_the_type_that_the_catalog_gives_them():
    found = values(
        features=("ssh-admin:from=admins,bastion:port=2200", "talos:prefixList=true", "dns,ntp"),
        networks=("admins=10.9.0.0/28", "bastion=10.9.1.0/28"),
    )["features"]

    assert found == {
        "ssh-admin": {"from": ["admins", "bastion"], "port": 2200},
        "talos": {"prefixList": True},
        "dns": {},
        "ntp": {},
    }


@pytest.mark.parametrize(
    ("text", "strategy"),
    [
        ("default=internet", "internet"),
        ("default=proxy:web-proxies:3128", {"proxy": {"network": "web-proxies", "port": 3128}}),
        ("default=192.0.2.1/32,192.0.2.2/32", ["192.0.2.1/32", "192.0.2.2/32"]),
        ("default=2001:db8::/64", ["2001:db8::/64"]),
    ],
)
def test_a_host_has_one_of_three_strategies(text, strategy):
    assert values(hosts=(text,))["hosts"] == {"default": strategy}


def test_any_other_setting_is_given_by_its_path():
    found = values(
        more=(
            "quotas.securityGroup.rules=100",
            'tags.cost="4711"',
            "interfaces.data.securityGroup.fit=merge",
        )
    )

    assert found["quotas"] == {"securityGroup": {"rules": 100}}
    assert found["tags"] == {"cost": "4711"}
    assert found["interfaces"]["data"]["securityGroup"] == {"fit": "merge"}


def test_a_feature_of_an_import_is_switched_off():
    assert values(without=("talos,updates",))["features"]["talos"] is False


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"interfaces": ("data:managment:external",)},
            '--interface data:managment:external: "managment" is none of management, public, private, external, internal; did you mean "management"?',
        ),
        (
            {"interfaces": ("data::external",)},
            "--interface data::external: has an empty part; write NAME:ROLE,ROLE:external or :internal.",
        ),
        (
            {"interfaces": (*TWO, "mail:private:internal")},
            '--interface mail:private:internal: "mail" is given twice; keep one.',
        ),
        (
            {"subnets": ("dat=10.0.0.0/24",)},
            '--subnet dat=10.0.0.0/24: no such interface; did you mean "data"?',
        ),
        (
            {"interfaces": TWO, "subnets": ("10.0.0.0/24",)},
            "--subnet 10.0.0.0/24: says no interface; write NAME=VALUE.",
        ),
        ({"networks": ("admins",)}, "--network admins: has another form; write NAME=VALUE."),
        (
            {"networks": ("a=10.0.0.0/8", "a=10.0.0.0/9")},
            '--network a=10.0.0.0/9: "a" is given twice; write its values in one flag, with commas.',
        ),
        (
            {"hosts": ("default=proxy:web",)},
            "--host default=proxy:web: has another form; write proxy:NETWORK:PORT.",
        ),
        (
            {"features": ("ssh-admin:from",)},
            '--feature ssh-admin:from: the option "from" has no value; write NAME:option=value.',
        ),
        (
            {"more": ("tags",)},
            "--set tags: has another form; write PATH=VALUE, such as quotas.networkAcl.entries=40.",
        ),
        (
            {"more": ("cloud.x=1",)},
            '--set cloud.x=1: "cloud" holds a value and no keys; write the path of a key.',
        ),
        (
            {"default_route": "dat"},
            '--default-route dat: no such interface; did you mean "data"?',
        ),
        (
            {"features": ("ssh-admn",)},
            '--feature ssh-admn: features.ssh-admn: no such feature; did you mean "ssh-admin"?',
        ),
        (
            {"features": ("ldap:prt=389",)},
            '--feature ldap: features.ldap.prt: no such option; did you mean "port"?',
        ),
        (
            {"networks": ("admins=10.9.0.1/28",)},
            '--network admins: networks.admins[10.9.0.1/28]: "10.9.0.1/28" has host bits set; did you mean "10.9.0.0/28"?',
        ),
        (
            {"release": "13.0"},
            '--release: gateway.release: "13.0" is older than 14.2, the oldest release that the catalog knows; known are "14.2", "15.0", "15.5" and "16.0".',
        ),
        (
            {"cloud": "azur"},
            '--cloud: cloud: "azur" is none of aws, azure; did you mean "azure"?',
        ),
        (
            {"region": "westeurope"},
            '--region westeurope: "westeurope" is a region of azure, and this stack\'s cloud is aws.',
        ),
        (
            {
                "cloud": "azure",
                "vpcs": (),
                "resource_groups": ("rg",),
                "region": "westeurop",
                "cisco_region": "europe",
            },
            '--region westeurop: the catalog knows no region "westeurop" of azure; did you mean "westeurope"?',
        ),
        (
            {"imports": ("bse",)},
            '--import: imports[bse]: there is no file config/shared/bse.yaml; did you mean "base"?',
        ),
        (
            {"vpcs": ("eni-1",)},
            '--vpc data: interfaces.data.vpc: "eni-1" is another kind of id; ids here begin with "vpc-".',
        ),
        (
            {"account": "12"},
            '--account: aws:allowedAccountIds[12]: "12" is no account; accounts have 12 digits.',
        ),
        (
            {"more": ("fetures.dns={}",)},
            'stack config: fetures: no such setting; did you mean "features"?',
        ),
    ],
)
def test_what_is_wrong_names_its_flag_and_the_next_step(changed, expected):
    assert expected in problems(**changed)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"features": ("ssh-admin,receive-mail",), "without": ("ssh-admin",)},
            '--without ssh-admin: "ssh-admin" is switched on by --feature; keep one of them.',
        ),
        (
            {"features": ("ssh-admin:from=admins", "ssh-admin:from=bastion")},
            '--feature ssh-admin:from=bastion: the option "from" of "ssh-admin" is given twice; keep one.',
        ),
        (
            {"interfaces": ("data:internal:external",)},
            "--interface data:internal:external: says external or internal twice; keep one.",
        ),
        (
            {"interfaces": ("data:public:management:external",)},
            "--interface data:public:management:external: says its roles twice; write them in one part, with commas.",
        ),
        (
            {"subnets": ("data=10.0.0.0/24", "10.0.1.0/24")},
            "--subnet 10.0.1.0/24: is said of this interface already; write it in one flag.",
        ),
        (
            {"vpcs": ("vpc-1", "vpc-2")},
            '--vpc vpc-2: "vpc-1" is said of every interface already; write NAME=vpc-2.',
        ),
        (
            {"vpcs": ("data=vpc-1", "data=vpc-2")},
            "--vpc data=vpc-2: is said of this interface already; write it in one flag.",
        ),
        (
            {"more": ("interfaces.data.external=false",)},
            '--set interfaces.data.external=false: "interfaces.data.external" is said by another flag already; keep one.',
        ),
        (
            {"more": ("seg-firewall:cloud=azure",)},
            '--set seg-firewall:cloud=azure: "seg-firewall:cloud" is said by another flag already; keep one.',
        ),
        (
            {"more": ("interfaces={data: {}}",)},
            '--set interfaces={data: {}}: "interfaces" is said by another flag already; keep one.',
        ),
        (
            {"more": ("tags.a=b", "tags.a=c")},
            '--set tags.a=c: "tags.a" is said by another flag already; keep one.',
        ),
    ],
)
def test_of_two_flags_that_contradict_each_other_neither_wins(changed, expected):
    assert expected in problems(**changed)


@pytest.mark.parametrize("field", ["subnets", "vpcs", "attached", "acls", "routes"])
@pytest.mark.parametrize("nothing", ["data=", "data=,", "data= , "])
def test_a_name_without_a_value_is_no_empty_list(field, nothing):
    (found,) = [p for p in problems(**{field: (nothing,)}) if "says nothing behind the name" in p]

    assert found.startswith(f"{FLAGS[field]} {nothing}".rstrip())


@pytest.mark.parametrize("nothing", ["", " ", ",", " , "])
def test_a_flag_that_says_nothing_is_a_problem(nothing):
    assert "--without: is empty; say a value, or leave it out." in problems(without=(nothing,))
    assert "--region: is empty; say a value, or leave it out." in problems(region=nothing)


def test_a_name_that_is_a_role_has_that_one_even_alone():
    interface = values(interfaces=("management:internal",))["interfaces"]["management"]

    assert interface["roles"] == ["management"]


def test_what_an_import_says_of_an_interface_is_not_said_over(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "arms.yaml").write_text(
        "config:\n  seg-firewall:interfaces:\n"
        "    data: {roles: [public], external: false}\n    other: {external: false}\n"
        "    private: {roles: [public, private], external: false}\n"
    )
    changed = {"imports": ("arms",), "vpcs": ("vpc-1",)}
    said = begun(folder=tmp_path, interfaces=("data",), **changed)
    unsaid = begun(folder=tmp_path, interfaces=("other",), **changed)
    role = begun(folder=tmp_path, interfaces=("private:external",), **changed)

    assert "roles" not in said.values["interfaces"]["data"]  # not all three, though it is alone
    assert [q.flag for q in said.missing] == []
    assert "roles" not in unsaid.values["interfaces"]["other"]
    assert "roles" not in role.values["interfaces"]["private"]
    assert [q.prefix for q in unsaid.missing] == ["other:"]


@pytest.mark.parametrize("text", ["default=proxy:web:{}", "default=proxy:web:{}x"])
def test_a_number_of_any_length_is_a_problem(text):
    digits = "9" * 5000  # more than Python makes a number of

    assert any(p.startswith("--host") for p in problems(hosts=(text.format(digits),)))
    assert any(p.startswith("--feature") for p in problems(features=(f"ssh-admin:port={digits}",)))


@pytest.mark.parametrize(
    "text",
    [
        "aws:secretKey=wJalrXUtnFEMI",
        "aws:accessKey=x",
        "azure-native:clientSecret=x",
        "tags.note=AKIAIOSFODNN7EXAMPLE",
        "tags.note=-----BEGIN PRIVATE KEY-----",
    ],
)
def test_a_secret_goes_into_no_file_and_into_no_message(text):
    path, _, value = text.partition("=")
    (found,) = problems(more=(text,))

    assert found.startswith(f"--set {path}: looks like a secret")
    assert value not in found.removeprefix(f"--set {path}") or value == "x"


def test_another_setting_of_a_provider_is_taken():
    assert values(more=("aws:profile=mail",))["aws:profile"] == "mail"


@pytest.mark.parametrize("section", ["gateway", "interfaces", "features", "interfaces.data"])
def test_a_section_is_never_replaced_by_a_value(section):
    (problem,) = [p for p in problems(more=(f"{section}=1",)) if p.startswith("--set")]

    assert "is a mapping; write the path of a key in it" in problem


def test_every_wrong_flag_is_named_at_once():
    found = problems(
        cloud="azur",
        environment="tst",
        release="15",
        interfaces=("data:managment:external",),
        features=("ssh-admn", "ldap:port=390"),
        networks=("a=10.0.0.1/24",),
        imports=("bse",),
        more=("foo",),
    )

    assert {problem.split()[0].rstrip(":") for problem in found} == {
        "--interface",
        "--set",
        "--import",
        "--cloud",
        "--feature",
        "--environment",
        "--release",
        "--network",
    }
    assert len(found) == 9  # two features are wrong
