"""`python -m tests.differential.referee`: the proof and a solver, on the same rules, timed.

A stack of about so many rules at one enforcement point is compiled; the proof and the
solver each say whether it means what was asked, and again with one rule dropped. Exit
status 1 where they disagree.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog import load_catalog
from segfw.plan import comparisons_of, make_plan
from segfw.sets.addresses import Family, Prefix
from segfw.settings.types import FeatureSettings, Fit, NetworkAclSettings, Quotas
from tests.oracles.cells import FirstMatch, at
from tests.oracles.enforcement import sides
from tests.oracles.naive import lets_through
from tests.oracles.z3_referee import counterexample
from tests.shipped import settings_of

if TYPE_CHECKING:
    from segfw.plan import Plan
    from tests.oracles.enforcement import Side

NSG_MOST = 980
"""An NSG holds 1,000 rules, some of which are there anyway."""
SEED = 20_261_124
COUNTS = (10, 100, 1000)
POINTS = ("security-group", "network-acl", "nsg")
STACKS = {"nsg": "azure-prod-westeurope"}
EXAMPLES = """\
examples:
  python -m tests.differential.referee          about 10, 100 and 1,000 rules
  python -m tests.differential.referee 50 500   about 50 and 500
"""
FEATURES = ("ssh-admin", "gui-https", "api-https", "quarantine-https", "snmp", "icmp-echo")


def stack_of(point: str, count: int) -> Plan:
    """A stack with at least *count* rules at *point*, management, ingress IPv4."""
    count = min(count, NSG_MOST) if point == "nsg" else count
    settings = settings_of(STACKS.get(point, "aws-prod-us-east-1"))
    random = Random(SEED)
    management = settings.interfaces["management"]
    public = replace(settings.interfaces["public"], network_acl=None)
    acl = NetworkAclSettings(subnet_ids=("subnet-1", "subnet-2"), fit=Fit.EACH)
    management = replace(
        management,
        roles=frozenset(role for one in settings.interfaces.values() for role in one.roles),
        network_acl=acl if point == "network-acl" else None,
    )
    on = {"snmp": {}, "icmp-echo": {}}
    features = {
        name: settings.features.get(name, FeatureSettings(id=name, options=on.get(name, {})))
        for name in FEATURES
    }
    prefixes: dict[str, Prefix] = {}
    while len(prefixes) < -(-count // len(FEATURES)):
        length = random.choice((24, 27, 28, 30, 32))
        prefix = Prefix(Family.IPV4, (10 << 24) + random.getrandbits(24), 32).cut(length)
        prefixes[str(prefix)] = prefix
    peers = {
        one: replace(network, prefixes=tuple(sorted(prefixes.values())), references={})
        for one, network in settings.networks.items()
    }
    known = next(iter(settings.networks.values()))
    for name in ("admins", "snmp-managers", "monitoring", "api-clients", "quarantine-users"):
        peers[name] = replace(
            known, name=name, prefixes=tuple(sorted(prefixes.values())), references={}
        )
    chosen = {
        name: replace(feature, peers=None, options={"port": None, **feature.options})
        for name, feature in features.items()
    }
    made = replace(
        settings,
        interfaces={**settings.interfaces, "management": management, "public": public},
        networks=peers,
        features=chosen,
        quotas=Quotas(
            security_group_rules=10 * count,
            security_groups_per_interface=5,
            network_acl_entries=10 * count,
        ),
    )
    return make_plan(made, load_catalog())


class Verdict(NamedTuple):
    """What both say of one enforcement point, and how long they took."""

    point: str
    rules: int
    proof: float
    solver: float
    dropped: float
    agree: bool


def side_of(plan: Plan, point: str) -> Side:
    """The side that has the many rules."""
    where = f"{point}/management ingress IPv4"
    return next(side for side in sides(plan) if str(side) == where)


def judged(point: str, count: int) -> Verdict:
    """Proof and solver on the rules as they are, and with one in the middle dropped."""
    plan = stack_of(point, count)
    began = time.perf_counter()
    proofs = [
        (proof, proof.holds)
        for proof in comparisons_of(plan, load_catalog())
        if f"{proof.point.value}/{proof.interface}" == f"{point}/management"
    ]
    proven = time.perf_counter() - began
    side = side_of(plan, point)
    began = time.perf_counter()
    right = counterexample(side)
    solved = time.perf_counter() - began
    rules = side.allowed.matches
    allows = [i for i, rule in enumerate(rules) if rule.allow]
    gone = allows[len(allows) // 3]
    fewer = side._replace(allowed=FirstMatch([*rules[:gone], *rules[gone + 1 :]]))
    began = time.perf_counter()
    packet = counterexample(fewer)
    dropped = time.perf_counter() - began
    seen = packet is not None and lets_through(rules, packet)
    seen = seen and at(side.meant, packet) and not lets_through(fewer.allowed.matches, packet)
    agree = right is None and all(holds for _, holds in proofs) and seen
    return Verdict(point, len(rules), proven, solved, dropped, agree)


def main(words: list[str] | None = None) -> int:
    """A line to an enforcement point and size."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.differential.referee",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS, help="how many rules")
    args = parser.parse_args(words)
    print("point           rules   proof       solver      a rule dropped  agree")
    agree = True
    for point in POINTS:
        for count in args.counts:
            one = judged(point, count)
            agree = agree and one.agree
            print(
                f"{one.point:<14} {one.rules:6}  {one.proof * 1000:7.1f} ms  "
                f"{one.solver * 1000:7.1f} ms  {one.dropped * 1000:7.1f} ms      "
                f"{'yes' if one.agree else 'NO'}",
                flush=True,
            )
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
