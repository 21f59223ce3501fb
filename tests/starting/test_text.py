"""The written file: it reads back as what was said, its keys are the schema's, it says why."""

from __future__ import annotations

import itertools
import json

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from segfw.catalog import load_catalog
from segfw.plan import make_plan
from segfw.settings import read_settings, read_tree
from segfw.settings.schema import stack_schema
from segfw.settings.yamltext import read_yaml
from segfw.starting.start import wrong
from segfw.starting.text import flow, scalar
from segfw.starting.usual import OFTEN_ADDED, USUAL
from tests.oracles.enforcement import disagreements
from tests.shipped import CONFIG, TODAY
from tests.starting.starting import ONE, begun

CATALOG = load_catalog()
SCHEMA = jsonschema.Draft202012Validator(stack_schema(CATALOG))
SHAPES = {
    "one-armed": ("data:external",),
    "one-armed-inside": ("data:management,private:internal",),
    "two-armed": ("management:internal", "mail:public,private:external"),
    "three": ("management:internal", "public:external", "private:internal"),
    "dmz": ("inside:management,private:internal", "dmz:public:external"),
}
REGIONS = {
    "aws": ("us-east-1", "eu-central-1", "ap-southeast-2"),
    "azure": ("westeurope", "eastus2"),
}
NEEDED = {
    "admins": "10.9.0.0/28",
    "mail-servers": "10.9.1.0/28",
    "dns-servers": "10.9.2.53/32",
    "ntp-servers": "10.9.2.123/32",
    "quarantine-users": "10.200.0.0/16",
    "syslog-servers": "10.9.3.0/28",
    "internal-mail": "10.9.1.0/28",
    "ldaps-servers": "10.9.4.0/29",
    "snmp-managers": "10.9.5.1/32",
    "monitoring": "10.9.5.0/28",
    "cluster-members": "10.30.0.10/32,10.30.0.11/32",
    "sma": "10.9.6.1/32",
}
ACCOUNTS = {"aws": "111122223333", "azure": "00000000-0000-0000-0000-000000000000"}


def spaces(text: str) -> dict:
    """The file as the schema's author reads it: PyYAML, and JSON types."""
    return json.loads(json.dumps(yaml.safe_load(text)))


def written(start, folder):
    """The stack's plan, read from a file with its text."""
    assert wrong(start, CATALOG, CONFIG, TODAY) == ()
    assert start.missing == ()
    (folder / f"Pulumi.{start.stack}.yaml").write_text(start.text(), encoding="utf-8")
    tree = read_tree(folder, start.stack)
    return make_plan(read_settings(tree, CATALOG, stack=start.stack, today=TODAY), CATALOG)


@pytest.mark.parametrize(
    ("cloud", "environment", "shape"),
    list(itertools.product(("aws", "azure"), ("dev", "test", "lab", "prod"), SHAPES)),
)
def test_every_cloud_environment_and_shape_compiles(cloud, environment, shape, tmp_path):
    usual = set(USUAL)
    if shape == "one-armed-inside":
        usual -= {"receive-mail"}
    start = begun(
        cloud=cloud,
        region=REGIONS[cloud][0],
        environment=environment,
        account=ACCOUNTS[cloud],
        interfaces=SHAPES[shape],
        vpcs=("vpc-1",) if cloud == "aws" else (),
        resource_groups=("rg-mail",) if cloud == "azure" else (),
        features=(",".join(sorted(usual)),),
        networks=tuple(f"{name}={value}" for name, value in NEEDED.items()),
        hosts=("default=internet",),
    )
    plan = written(start, tmp_path)

    assert start.stack == f"{cloud}-{environment}-{REGIONS[cloud][0]}"
    assert set(plan.settings.features) == usual | {"pmtu"}
    assert set(plan.settings.interfaces) == {s.split(":")[0] for s in SHAPES[shape]}
    assert list(disagreements(plan)) == []
    assert list(SCHEMA.iter_errors(spaces(start.text()))) == []


@given(
    cloud=some.sampled_from(["aws", "azure"]),
    shape=some.sampled_from([s for s in SHAPES if s != "one-armed-inside"]),
    features=some.sets(some.sampled_from([*USUAL, *OFTEN_ADDED]), min_size=1),
    release=some.sampled_from(CATALOG.releases),
    host=some.sampled_from(["internet", "proxy:proxies:3128", "192.0.2.7/32"]),
    data=some.data(),
)
@settings(max_examples=40)
def test_any_choice_of_features_is_written_and_read_back(
    cloud, shape, features, release, host, data, tmp_path_factory
):
    start = begun(
        cloud=cloud,
        region=data.draw(some.sampled_from(REGIONS[cloud])),
        release=release,
        interfaces=SHAPES[shape],
        subnets=(f"{SHAPES[shape][0].split(':')[0]}=10.30.0.0/24",),
        vpcs=("vpc-1",) if cloud == "aws" else (),
        resource_groups=("rg-mail",) if cloud == "azure" else (),
        features=tuple(sorted(features)),
        networks=(*(f"{n}={v}" for n, v in NEEDED.items()), "proxies=10.9.7.0/29"),
        hosts=(f"default={host}",),
    )
    text = start.text()
    config = read_yaml(text, "x").mapping()["config"].plain()

    assert config == {
        key if ":" in key else f"seg-firewall:{key}": value for key, value in start.values.items()
    }
    assert list(SCHEMA.iter_errors(spaces(text))) == []
    plan = written(start, tmp_path_factory.mktemp("written"))
    assert set(plan.settings.features) == features | {"pmtu"}


@given(
    some.recursive(
        some.booleans()
        | some.integers(-1000, 1000)
        | some.text(some.characters(codec="utf-8", exclude_categories=["C", "Z"]) | some.just(" ")),
        lambda inner: (
            some.lists(inner) | some.dictionaries(some.text("abc-/.: 5o", min_size=1), inner)
        ),
        max_leaves=8,
    )
)
def test_a_value_is_written_so_that_every_reader_reads_the_same(value):
    text = f"config: {{a: {flow(value)}}}\n"

    assert read_yaml(text, "x").mapping()["config"].mapping()["a"].plain() == value
    assert yaml.safe_load(text)["config"]["a"] == value


@pytest.mark.parametrize(
    "text",
    [
        "off",
        "yes",
        "No",
        "null",
        "y",
        "15.0",
        "0755",
        "1e3",
        "20:21",
        "2026-11-24",
        "~",
        "",
        " a",
        "a:",
        "a #b",
        "-",
        "=",
        "<<",
        "vpc-1: x",
        "0x1f",
        "1_000",
        ".inf",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
    ],
)
def test_text_that_a_reader_could_take_for_something_else_is_quoted(text):
    assert scalar(text) == json.dumps(text)


@pytest.mark.parametrize(
    "text", ["vpc-0a1b", "us-east-1", "10.0.0.0/24", "mail-servers", "rg-mail"]
)
def test_plain_text_stays_plain(text):
    assert scalar(text) == text


def test_every_feature_says_what_it_opens():
    text = begun(networks=("admins=10.9.0.0/28",)).text()

    assert "    receive-mail: {} # in tcp 25 from any address\n" in text
    assert "    ssh-admin: {} # in tcp 22 from admins\n" in text
    assert "    admins: [10.9.0.0/28] # for ssh-admin\n" in text


def test_an_options_port_is_what_is_said_to_be_opened():
    assert (
        "    ssh-admin: {port: 2200} # in tcp 2200 from admins\n"
        in begun(features=("ssh-admin:port=2200",)).text()
    )


def test_the_load_balancer_of_azure_is_named_on_azure_only():
    networks = ("admins=10.9.0.0/28", "load-balancers=10.9.8.0/28")
    features = ("receive-mail,load-balancer",)
    aws = begun(features=features, networks=networks).text()
    azure = begun(
        cloud="azure",
        region="westeurope",
        vpcs=(),
        resource_groups=("rg",),
        features=features,
        networks=networks,
    ).text()

    assert "load-balancer: {} # in tcp 25 from load-balancers\n" in aws
    assert (
        "load-balancer: {} # in tcp 25 from load-balancers; in tcp 25 from Azure's load balancer\n"
        in azure
    )


@pytest.mark.parametrize(
    ("hosts", "words"),
    [
        (
            ("default=proxy:web:3128",),
            "out tcp 3128 to web, for downloads.ironport.com, updates.ironport.com and 1 more",
        ),
        (
            ("default=internet",),
            "out tcp 80, tcp 443 to any address, for downloads.ironport.com, updates.ironport.com and 1 more",
        ),
        (
            ("default=internet", "update-manifests.sco.cisco.com=203.0.113.9/32"),
            "out tcp 80 to any address, for downloads.ironport.com, updates.ironport.com; "
            "out tcp 443 to update-manifests.sco.cisco.com",
        ),
    ],
)
def test_hosts_are_said_by_the_way_that_leads_to_them(hosts, words):
    text = begun(features=("updates",), networks=("web=10.9.4.0/28",), hosts=hosts).text()

    assert f"    updates: {{}} # {words}\n" in text


def test_what_no_rule_can_come_of_is_not_said_to_be_opened():
    imports = {"features": (), "imports": ("base", "company", "eu-central-1")}
    aws = begun(**imports).text()
    both = begun(**imports, subnets=("10.9.9.0/24,2001:db8::/64",)).text()
    acl = begun(**imports, acls=("data=subnet-1",)).text()
    azure = begun(
        **{**imports, "imports": ("base", "company", "westeurope")},
        cloud="azure",
        region="westeurope",
        vpcs=(),
        resource_groups=("rg",),
    ).text()

    assert "    pmtu: {} # in icmp type 3 code 4 from any address\n" in aws
    assert (  # a network ACL keeps no state, so the gateway's own are let out
        "    pmtu: {} # in icmp type 3 code 4 from any address; out icmp type 3 code 4 to any address\n"
        in acl
    )
    assert "pmtu: {} # in icmp type 3 code 4, icmpv6 type 2 code 0 from any address" in both
    assert "pmtu: {} # opens nothing with these options\n" in azure


def test_what_an_import_switches_off_stays_off(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "quiet.yaml").write_text(
        "config:\n  seg-firewall:features: {pmtu: false, receive-mail: {}}\n"
    )
    start = begun(folder=tmp_path, features=(), networks=(), imports=("quiet",))
    (tmp_path / f"Pulumi.{start.stack}.yaml").write_text(start.text())
    read = read_settings(read_tree(tmp_path, start.stack), CATALOG, stack=start.stack, today=TODAY)

    assert set(read.features) == {"receive-mail"}


def test_what_is_often_on_and_off_here_says_what_it_opens_and_what_it_lacks():
    text = begun().text()

    assert (
        "    # dns: {} # out udp 53, tcp 53 to dns-servers; needs the network dns-servers\n" in text
    )
    assert "    # gui-https: {} # in tcp 443 from admins\n" in text  # admins are there
    assert "# receive-mail" not in text
    inside = begun(interfaces=("data:management:internal",), features=("ssh-admin",)).text()
    assert (
        "# quarantine-https: {} # in tcp 83 from quarantine-users; needs the network quarantine-users, needs an interface with the role private\n"
        in inside
    )


@pytest.mark.parametrize("name", [*USUAL, *OFTEN_ADDED])
def test_a_line_that_is_taken_out_of_its_comment_switches_the_feature_on(name, tmp_path):
    networks = tuple(f"{n}={v}" for n, v in NEEDED.items())
    start = begun(
        features=("icmp-echo",) if name != "icmp-echo" else ("dns",),
        networks=networks,
        hosts=("default=internet",),
    )
    lines = start.text().splitlines(keepends=True)
    (index,) = [i for i, line in enumerate(lines) if line.startswith(f"    # {name}: {{}}")]
    lines[index] = lines[index].replace("# ", "", 1)
    (tmp_path / f"Pulumi.{start.stack}.yaml").write_text("".join(lines))
    read = read_settings(read_tree(tmp_path, start.stack), CATALOG, stack=start.stack, today=TODAY)

    assert name in read.features


def test_features_of_imports_are_listed_with_what_they_open():
    text = begun(
        imports=("base", "company", "eu-central-1"), features=(), networks=(), hosts=()
    ).text()

    assert "    # On by the imports:\n" in text
    assert "    #   ssh-admin: in tcp 22 from admins\n" in text
    assert "seg-firewall:features:\n    pmtu: {}" in text  # a mapping to which lines can be added


def test_the_usual_features_are_those_of_the_shipped_base():
    base = read_yaml((CONFIG / "shared" / "base.yaml").read_text(), "base").plain()

    assert set(base["config"]["seg-firewall:features"]) == {*USUAL, "pmtu"}


def test_features_that_are_named_exist_once():
    both = [*USUAL, *OFTEN_ADDED]

    assert len(both) == len(set(both))
    assert set(both) <= set(CATALOG.features)


def test_a_production_stack_names_its_account_with_a_comment():
    text = begun(environment="prod", account="111122223333").text()

    assert (
        '  aws:allowedAccountIds: ["111122223333"] # the only account that this stack may change\n'
        in text
    )
    assert ONE.account is None
