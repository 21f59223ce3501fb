"""Mutants of the compiler itself: each is caught by the shipped proof, or by the oracles.

The proof starts from flows, so a mutant of what makes flows (or of what the proof shares
with the compiler) can only be caught by the oracle that starts from settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from segfw import proof, replies, resolve
from segfw.catalog import load_catalog
from segfw.catalog.model import Direction, Protocol
from segfw.clouds.aws_network_acl import lower as lower_acl
from segfw.clouds.aws_security_group import lower as lower_group
from segfw.clouds.azure_nsg import lower as lower_nsg
from segfw.compiler import expand, fit, network_acl, nsg, security_group
from segfw.compiler.acl_bands import Bands
from segfw.flow import Peer
from segfw.plan import Plan, make_plan
from segfw.proof import ProofFailed
from segfw.rule import Action
from segfw.sets.addresses import WHOLE, Family
from segfw.sets.ports import PortRange, PortSet
from segfw.settings.types import Fit, Settings
from tests.oracles.enforcement import sides
from tests.shipped import settings_of

PROOF, ORACLE = "the proof", "the oracle"


def fitted(chosen: Fit) -> Settings:
    """The lab with one fit everywhere, and room for every rule."""
    lab = settings_of("aws-lab")
    return replace(
        lab,
        quotas=replace(lab.quotas, network_acl_entries=1000, security_group_rules=1000),
        interfaces={
            name: replace(
                one,
                security_group=replace(one.security_group, fit=chosen),
                network_acl=replace(one.network_acl, fit=chosen) if one.network_acl else None,
            )
            for name, one in lab.interfaces.items()
        },
    )


def aws() -> Settings:
    return fitted(Fit.EACH)


def azure() -> Settings:
    return settings_of("azure-lab")


def wrong(plan: Plan) -> bool:
    """The oracle that starts from settings finds a packet."""
    return any(
        next(side.lost(), None) is not None
        or next(side.misdeclared(), None) is not None
        or (side.point == "security-group" and next(side.added(), None) is not None)
        for side in sides(plan)
    )


def caught_by(stack: Settings) -> str | None:
    try:
        plan = make_plan(stack, load_catalog())
    except ProofFailed:
        return PROOF
    return ORACLE if wrong(plan) else None


class Mutant:
    """One change to one function, the stack it is tried on, and who must catch it."""

    def __init__(
        self, what: str, home: object, name: str, changed: Callable, by: str, on: Callable = aws
    ) -> None:
        self.what, self.home, self.name, self.by, self.on = what, home, name, by, on
        self.changed = changed(getattr(home, name))


def no_udp(original):
    def mutated(flow, ports):
        return None if flow.traffic.protocol is Protocol.UDP else original(flow, ports)

    return mutated


def no_source_port(original):
    return lambda flow, ports: original(flow._replace(source_port=None), ports)


def always_ephemeral(original):
    return lambda flow, ports: original(flow, PortRange(32768, 65535))


def one_off(original):
    def mutated(rule):
        first, last = original(rule)
        return (first, last + 1) if last and 22 < last < 65535 else (first, last)

    return mutated


def no_guard_for(port):
    def change(original):
        def mutated(*args):
            return [g for g in original(*args) if g.ports != (PortRange(port, port),)]

        return mutated

    return change


def leaking(original):
    """Every prefix that a feature has, on each of its rules: peers of one in the other."""

    def mutated(flows):
        held = list(flows)
        for flow in held:
            others = [f for f in held if f.feature in ("ssh-admin", "api-https")]
            mixes = flow.feature in ("ssh-admin", "api-https")
            prefixes = {p for f in others for p in f.peer.prefixes} if mixes else ()
            peer = Peer(flow.peer.name, tuple(prefixes)) if mixes else flow.peer
            yield from original([flow._replace(peer=peer)])

    return mutated


def only_ipv4(original):
    def mutated(flows):
        return (r for r in original(flows) if Family.IPV4 in r.families)

    return mutated


def whole_for_wide(original):
    """Families mixed up: an IPv6 prefix becomes all of IPv4."""

    def mutated(rule, group):
        one = original(rule, group)
        return one._replace(cidr_ipv6=None, cidr_ipv4="0.0.0.0/0") if one.cidr_ipv6 else one

    return mutated


def without_ports(original):
    def mutated(rule):
        key = original(rule)
        return (*key[:3], *key[4:])

    return mutated


def any_port(original):
    return lambda wide, narrow: original(wide._replace(ports=narrow.ports), narrow)


def off_by_one_hull(original):
    def mutated(boxes, direction, sources):
        for rule in original(boxes, direction, sources):
            wide = rule.ports[0]
            off = wide.last == 83
            yield rule._replace(ports=(PortRange(wide.first, 84),)) if off else rule

    return mutated


def open_end(original):
    return lambda interface: (r for r in original(interface) if r.direction is Direction.INGRESS)


def turned(original):
    def mutated(rule):
        one = original(rule)
        way = {"Inbound": "Outbound", "Outbound": "Inbound"}[one.direction]
        if "udp-161" not in one.name:
            return one
        return one._replace(
            direction=way,
            sources=one.destinations,
            destinations=one.sources,
            priority=one.priority + 1500,
        )

    return mutated


def everyone(original):
    def mutated(rule):
        far_end, groups = original(rule)
        return (("*",), groups) if "udp-161" in rule.name else (far_end, groups)

    return mutated


def no_deny(original):
    def mutated(rule):
        return original(rule)._replace(action="allow")

    return mutated


def guards_last(original):
    def mutated(*side):
        first, guards, rest = original(*side)
        return Bands(first, rest, guards)

    return mutated


def guards_first(original):
    def mutated(*side):
        first, guards, rest = original(*side)
        return Bands(guards, first, rest)

    return mutated


def nothing_is_inside(original):
    def mutated(prefixes, subnets):
        own = tuple(subnets)
        return tuple(p for p in prefixes if not any(p.holds(s) or s.holds(p) for s in own))

    return mutated


def shortest_route(original):
    def mutated(self, prefix):
        cuts = (prefix.cut(length) for length in range(prefix.length + 1))
        return next((self.routes[cut] for cut in cuts if cut in self.routes), self.default)

    return mutated


def default_only(original):
    return lambda self, peer: {self.default: peer}


def no_feature_peers(original):
    def mutated(self, feature, flow, chosen):
        return original(self, feature, flow, replace(chosen, peers=None))

    return mutated


def every_port(original):
    def mutated(self, feature, flow, row, protocol):
        return original(self, feature, flow, row._replace(excludes_listening=False), protocol)

    return mutated


def default_ports(original):
    def mutated(flow, feature, features, catalog):
        bare = {name: replace(one, options={}) for name, one in features.items()}
        return original(flow, feature, bare, catalog)

    return mutated


def every_flow(original):
    return lambda feature, features: iter(feature.flows)


def internet_for_hosts(original):

    def mutated(self, host):
        peer, ports = original(self, host)
        return Peer(peer.name, (WHOLE[Family.IPV4],)), ports

    return mutated


def roles_ignored(original):
    def mutated(self, feature, direction, peer):
        if feature.role is not None and direction is Direction.INGRESS:
            return ((one, peer) for one in self.settings.interfaces.values())
        return original(self, feature, direction, peer)

    return mutated


def moved() -> Settings:
    """The lab with changed ports."""
    lab = aws()
    ports = {"gui-https": 8443, "ldap": 3268, "receive-mail": 2525}
    features = {
        name: replace(one, options={**one.options, "port": ports[name]}) if name in ports else one
        for name, one in lab.features.items()
    }
    return replace(lab, features=features)


def larger_peer() -> Settings:
    """The lab with administrators in a prefix that holds the interface's own subnet."""
    from segfw.sets.addresses import parse_prefix

    lab = aws()
    admins = replace(lab.networks["admins"], prefixes=(parse_prefix("10.20.0.0/16"),))
    return replace(lab, networks={**lab.networks, "admins": admins})


def nested() -> Settings:
    """A route inside another interface's route."""
    from segfw.sets.addresses import parse_prefix

    lab = aws()
    servers = replace(lab.networks["ldap-servers"], prefixes=(parse_prefix("10.0.0.0/8"),))
    return replace(lab, networks={**lab.networks, "ldap-servers": servers})


MUTANTS = [
    Mutant("replies forget UDP", network_acl, "reply_traffic", no_udp, PROOF),
    Mutant("replies forget source ports", network_acl, "reply_traffic", no_source_port, PROOF),
    Mutant("replies go to Linux's ports", network_acl, "reply_traffic", always_ephemeral, PROOF),
    Mutant("all guards are dropped", network_acl, "_guards", lambda _: lambda *_a: [], PROOF),
    Mutant("one guard is dropped", network_acl, "_guards", no_guard_for(6080), PROOF),
    Mutant("guards come last", network_acl, "_fitted", guards_last, PROOF),
    Mutant("guards come before everything", network_acl, "_fitted", guards_first, PROOF),
    Mutant("guards allow", lower_acl, "_entry", no_deny, PROOF),
    Mutant("a port too many", lower_group, "_ports", one_off, PROOF),
    Mutant("IPv6 becomes all of IPv4", lower_group, "_rule", whole_for_wide, PROOF),
    Mutant("peers leak", security_group, "by_far_end", leaking, PROOF),
    Mutant("IPv6 is forgotten", security_group, "by_far_end", only_ipv4, PROOF),
    Mutant("ports are no identity", expand, "identity", without_ports, PROOF),
    Mutant("a rule covers other ports", fit, "covers", any_port, PROOF, lambda: fitted(Fit.DROP)),
    Mutant(
        "a merged range is one too long",
        fit,
        "rules_of",
        off_by_one_hull,
        PROOF,
        lambda: fitted(Fit.MERGE),
    ),
    Mutant("no closing deny", nsg, "_closing", open_end, PROOF, azure),
    Mutant("a direction is turned", lower_nsg, "_rule", turned, PROOF, azure),
    Mutant("a peer is everyone", lower_nsg, "_far_end", everyone, PROOF, azure),
    Mutant("IPv6 is forgotten (Azure)", nsg, "by_far_end", only_ipv4, PROOF, azure),
    Mutant(
        "a route loses to a shorter one", resolve.Routing, "_around", shortest_route, ORACLE, nested
    ),
    Mutant("everything leaves by default", resolve.Routing, "place", default_only, ORACLE),
    Mutant("ingress on every interface", resolve._Resolver, "_placed", roles_ignored, ORACLE),
    Mutant(
        "a feature's peers are ignored", resolve._Resolver, "_networks", no_feature_peers, ORACLE
    ),
    Mutant("hosts are the internet", resolve._Resolver, "_host", internet_for_hosts, ORACLE),
    Mutant("changed ports are ignored", resolve, "row_ports", default_ports, ORACLE, moved),
    Mutant("conditions are ignored", resolve, "active_flows", every_flow, ORACLE),
    Mutant("FTP data reaches services", resolve._Resolver, "_traffic", every_port, ORACLE, moved),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_of_the_compiler_is_caught(mutant, monkeypatch) -> None:
    stack = mutant.on()
    assert caught_by(stack) is None, "the compiler as it is is right"

    changed = mutant.changed
    if isinstance(mutant.home.__dict__[mutant.name], classmethod):
        changed = staticmethod(changed)
    monkeypatch.setattr(mutant.home, mutant.name, changed)

    assert caught_by(stack) == mutant.by


def test_what_the_proof_shares_with_the_compiler_is_caught_by_the_oracle(monkeypatch) -> None:
    mutated = no_udp(replies.reply_traffic)
    monkeypatch.setattr(network_acl, "reply_traffic", mutated)
    monkeypatch.setattr(proof, "reply_traffic", mutated)

    assert caught_by(aws()) == ORACLE


def test_peers_around_the_own_subnet_are_caught_by_the_oracle(monkeypatch) -> None:
    stack = larger_peer()
    assert caught_by(stack) is None

    mutated = nothing_is_inside(replies.crossing)
    monkeypatch.setattr(network_acl, "crossing", mutated)
    monkeypatch.setattr(proof, "crossing", mutated)

    assert caught_by(stack) == ORACLE


def test_guards_that_both_sides_forget_are_caught_by_the_oracle(monkeypatch) -> None:
    from segfw import plan
    from segfw.compiler import compile as compiling

    def few(features, catalog):
        return PortSet()

    monkeypatch.setattr(plan, "guarded_ports", few)
    monkeypatch.setattr(compiling, "guarded_ports", few)
    stack = aws()

    made = make_plan(stack, load_catalog())
    added = [str(p) for side in sides(made) for p in side.misdeclared()]

    assert made.proofs
    assert added
    assert all(rule.action is Action.ALLOW for held in made.rule_sets for rule in held.rules)
