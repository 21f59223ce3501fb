"""What a stack means, packet by packet, from its settings and a table typed from the design.

Nothing of the catalog's files, of `resolve`, or of the sets is used: the ports, peers and
roles below were typed from design section 6 and Cisco's table (with its slips settled), so
a wrong row in the catalog, a flow that is lost or put on another interface, and a compile
that changes meaning all show up as a packet.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tests.oracles.cells import touching
from tests.oracles.packets import ICMP, ICMPV6, LAST, TCP, UDP, Match, Span, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from segfw.settings.types import Interface, Reference, Settings

IN, OUT = "ingress", "egress"
GROUP, ACL, NSG = "security-group", "network-acl", "nsg"
EVERY_POINT = (GROUP, ACL, NSG)
INTERNET, SELF, LOAD_BALANCER = "internet", "self", "azure-load-balancer"
TALOS = (
    "146.112.62.0/24",
    "146.112.63.0/24",
    "146.112.255.0/24",
    "146.112.59.0/24",
    "2a04:e4c7:ffff::/48",
    "2a04:e4c7:fffe::/48",
)
STATIC_UPDATES = ("208.90.58.25/32", "184.94.240.106/32")
TUNNEL = ("63.251.108.107/32",)
SECUREX = {
    "americas": "api-sse.cisco.com",
    "europe": "api.eu.sse.itd.cisco.com",
    "apjc": "api.apj.sse.itd.cisco.com",
}
OWN_SERVICES = (21, 22, 25, 80, 82, 83, 161, 443, 628, 2222, 4431, 6080, 6443, 7025, 587, 465)
"""Where a gateway listens out of the box (submission on either of its two ports)."""
GUARDED = (2222, 4431, 6025, 6080, 6443, 7025)
"""Its own TCP services above the system ports (design D6)."""
NAMED_SERVICES = {
    TCP: (21, 22, 80, 82, 83, 443, 628, 2222, 4431, 6080, 6443, 7025),
    UDP: (161,),
}
"""What a gateway listens on and the internet must never reach."""
PORTS_OF_THE_GATEWAY = (
    "ssh-admin",
    "gui-https",
    "gui-http",
    "new-ui",
    "api-https",
    "api-http",
    "quarantine-https",
    "quarantine-http",
    "receive-mail",
    "relay-mail",
    "sma-mail",
    "cluster",
    "central-quarantines",
    "central-spam-quarantine",
)
"""Features whose `port` is one of the gateway's own (the last one: guarded, not listening)."""


class Want(NamedTuple):
    """One line of the table, with this stack's choices."""

    feature: str
    direction: str
    protocols: tuple[int, ...]
    ports: tuple[tuple[int, int], ...] = ()
    icmp: tuple[int, int] | None = None
    networks: tuple[str, ...] | None = None
    """Names of networks; None: the feature's own choice, or its default one."""
    hosts: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    source_port: int | None = None
    points: tuple[str, ...] = EVERY_POINT


class Stack:
    """A stack's settings, with the questions that the table asks."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cloud = settings.cloud.value

    def on(self, feature: str) -> bool:
        return feature in self.settings.features

    def option(self, feature: str, name: str) -> object:
        return self.settings.features[feature].options.get(name)

    def port(self, feature: str, default: int) -> tuple[tuple[int, int], ...]:
        chosen = self.option(feature, "port") if self.on(feature) else None
        port = chosen if isinstance(chosen, int) else default
        return ((port, port),)

    def changed_ports(self) -> set[int]:
        """Ports of the gateway's own services that this stack moved."""
        return {
            port
            for feature in PORTS_OF_THE_GATEWAY
            if self.on(feature) and isinstance(port := self.option(feature, "port"), int)
        }

    def guarded(self) -> set[int]:
        return {p for p in {*GUARDED, *self.changed_ports()} if p >= 1024}

    def data_ports(self) -> tuple[tuple[int, int], ...]:
        """FTP data towards the gateway: from 1024 up, without its own services."""
        found = []
        first = 1024
        for own in sorted({*OWN_SERVICES, *self.guarded(), *self.changed_ports()}):
            if own >= 1024:
                found.append((first, own - 1))
                first = own + 1
        return tuple((a, b) for a, b in [*found, (first, 65535)] if a <= b)


def one(port: int) -> tuple[tuple[int, int], ...]:
    return ((port, port),)


HIGH = ((1024, 65535),)
ROLES = {
    "public": ("receive-mail", "submission", "load-balancer"),
    "private": ("relay-mail", "qmqp", "quarantine-https", "quarantine-http", "sma-mail"),
}
"""Every other feature's ingress is on the management interfaces; path MTU is everywhere."""
DEFAULTS = {
    "receive-mail": INTERNET,
    "send-mail": INTERNET,
    "deliver-inside": "mail-servers",
    "relay-mail": "internal-mail",
    "submission": INTERNET,
    "qmqp": "qmqp-injectors",
    "dns": "dns-servers",
    "ntp": "ntp-servers",
    "external-threat-feeds": "taxii-servers",
    "mailbox-remediation": "exchange-servers",
    "ssh-admin": "admins",
    "gui-https": "admins",
    "gui-http": "admins",
    "new-ui": "admins",
    "api-https": "api-clients",
    "api-http": "api-clients",
    "quarantine-https": "quarantine-users",
    "quarantine-http": "quarantine-users",
    "pop-auth": "pop-servers",
    "imap-auth": "imap-servers",
    "ldap": "ldap-servers",
    "ldaps": "ldaps-servers",
    "radius": "radius-servers",
    "snmp": "snmp-managers",
    "snmp-traps": "trap-receivers",
    "syslog": "syslog-servers",
    "ssh-logs": "ssh-log-servers",
    "scp-logs": "scp-servers",
    "ftp": "ftp-peers",
    "cluster": "cluster-members",
    "central-reporting": "sma",
    "central-spam-quarantine": "sma",
    "central-quarantines": "sma",
    "sma-mail": "sma",
    "icmp-echo": "monitoring",
    "load-balancer": "load-balancers",
}


def table(s: Stack) -> Iterator[Want]:  # noqa: C901, PLR0912, PLR0915 - the whole of the table
    """Every line that the stack has switched on."""
    ssh = s.port("ssh-admin", 22)
    simple: list[tuple[str, str, tuple[int, ...], tuple[tuple[int, int], ...]]] = [
        ("receive-mail", IN, (TCP,), s.port("receive-mail", 25)),
        ("send-mail", OUT, (TCP,), one(25)),
        ("deliver-inside", OUT, (TCP,), s.port("deliver-inside", 25)),
        ("relay-mail", IN, (TCP,), s.port("relay-mail", 25)),
        ("submission", IN, (TCP,), s.port("submission", 587)),
        ("qmqp", IN, (TCP,), one(628)),
        ("dns", OUT, (UDP, TCP), one(53)),
        ("ssh-admin", IN, (TCP,), ssh),
        ("gui-https", IN, (TCP,), s.port("gui-https", 443)),
        ("gui-http", IN, (TCP,), s.port("gui-http", 80)),
        ("new-ui", IN, (TCP,), s.port("new-ui", 4431)),
        ("new-ui", IN, (TCP,), s.port("gui-https", 443)),
        ("new-ui", IN, (TCP,), s.port("api-https", 6443)),
        ("api-https", IN, (TCP,), s.port("api-https", 6443)),
        ("api-http", IN, (TCP,), s.port("api-http", 6080)),
        ("quarantine-https", IN, (TCP,), s.port("quarantine-https", 83)),
        ("quarantine-http", IN, (TCP,), s.port("quarantine-http", 82)),
        ("pop-auth", OUT, (TCP,), one(110)),
        ("imap-auth", OUT, (TCP,), one(143)),
        ("ldap", OUT, (TCP,), s.port("ldap", 389)),
        ("ldaps", OUT, (TCP,), s.port("ldaps", 636)),
        ("radius", OUT, (UDP,), s.port("radius", 1812)),
        ("snmp", IN, (UDP,), one(161)),
        ("snmp-traps", OUT, (UDP,), one(162)),
        ("ssh-logs", OUT, (TCP,), one(22)),
        ("scp-logs", OUT, (TCP,), one(22)),
        ("external-threat-feeds", OUT, (TCP,), one(443)),
        ("central-reporting", IN, (TCP,), ssh),
        ("central-spam-quarantine", OUT, (TCP,), s.port("central-spam-quarantine", 6025)),
        ("central-spam-quarantine", IN, (TCP,), ssh),
        ("central-quarantines", IN, (TCP,), s.port("central-quarantines", 7025)),
        ("central-quarantines", OUT, (TCP,), s.port("central-quarantines", 7025)),
        ("central-quarantines", IN, (TCP,), ssh),
        ("sma-mail", IN, (TCP,), s.port("sma-mail", 25)),
    ]
    for feature, direction, protocols, ports in simple:
        yield Want(feature, direction, protocols, ports)
    yield Want("ntp", OUT, (UDP,), one(123), source_port=123)
    for host, feature, ports in (
        ("update-manifests.sco.cisco.com", "updates", one(443)),
        ("file-reputation", "file-reputation", s.port("file-reputation", 443)),
        ("file-analysis", "file-analysis", one(443)),
        ("secure-endpoint-console", "secure-endpoint-console", one(443)),
        ("kinesis.us-west-2.amazonaws.com", "advanced-phishing-protection", one(443)),
        ("sensor-provisioner.ep.prod.agari.com", "advanced-phishing-protection", one(443)),
        ("houston.sensor.prod.agari.com", "advanced-phishing-protection", one(443)),
        ("res.cisco.com", "encryption", one(443)),
        ("aggregator.cisco.com", "aggregator", one(443)),
        (SECUREX[s.settings.gateway.cisco_region], "securex", one(443)),
        ("est.sco.cisco.com", "securex", one(443)),
    ):
        yield Want(feature, OUT, (TCP,), ports, hosts=(host,))
    yield Want("talos", OUT, (TCP,), one(443), prefixes=TALOS)
    yield Want("tac-tunnel", OUT, (TCP,), s.port("tac-tunnel", 25), prefixes=TUNNEL)
    if s.on("new-ui") and s.option("new-ui", "cleartextApi"):
        yield Want("new-ui", IN, (TCP,), s.port("api-http", 6080))
    if s.on("external-threat-feeds") and s.option("external-threat-feeds", "cleartext"):
        yield Want("external-threat-feeds", OUT, (TCP,), one(80))
    if s.on("updates") and s.option("updates", "hosts") == "static":
        yield Want("updates", OUT, (TCP,), one(80), prefixes=STATIC_UPDATES)
    elif s.on("updates"):
        for host in ("downloads.ironport.com", "updates.ironport.com"):
            yield Want("updates", OUT, (TCP,), one(80), hosts=(host,))
    if s.on("smart-licensing"):
        to = s.settings.features["smart-licensing"].peers
        hosts = () if to else ("smartreceiver.cisco.com",)
        yield Want("smart-licensing", OUT, (TCP,), one(443), networks=to, hosts=hosts)
    if s.on("mailbox-remediation"):
        if s.option("mailbox-remediation", "microsoft365"):
            for host in ("outlook.office365.com", "login.microsoftonline.com"):
                yield Want("mailbox-remediation", OUT, (TCP,), one(443), hosts=(host,))
        if s.option("mailbox-remediation", "exchange"):
            yield Want("mailbox-remediation", OUT, (TCP,), one(443))
    if s.on("debug-logs"):
        if s.option("debug-logs", "https"):
            yield Want("debug-logs", OUT, (TCP,), one(443), hosts=("logapi.ces.cisco.com",))
        if s.option("debug-logs", "ftps"):
            for ports in (one(990), HIGH):
                yield Want("debug-logs", OUT, (TCP,), ports, hosts=("support-ftp.cisco.com",))
    if s.on("syslog"):
        how = s.option("syslog", "protocol")
        if how == "tls":
            yield Want("syslog", OUT, (TCP,), s.port("syslog", 6514))
        else:
            protocols = {"tcp": (TCP,), "udp": (UDP,), "both": (TCP, UDP)}[str(how)]
            yield Want("syslog", OUT, protocols, s.port("syslog", 514))
    if s.on("ftp"):
        yield from _ftp(s)
    if s.on("cluster"):
        yield from _cluster(s, ssh)
    acl = (ACL,)
    yield Want("pmtu", IN, (ICMP,), icmp=(3, 4), networks=(INTERNET,), points=(GROUP, ACL))
    yield Want("pmtu", OUT, (ICMP,), icmp=(3, 4), networks=(INTERNET,), points=acl)
    yield Want("pmtu", IN, (ICMPV6,), icmp=(2, 0), networks=(INTERNET,), points=(GROUP, ACL))
    yield Want("pmtu", OUT, (ICMPV6,), icmp=(2, 0), networks=(INTERNET,), points=acl)
    yield Want("icmp-echo", IN, (ICMP,), icmp=(8, 0))
    yield Want("icmp-echo", IN, (ICMPV6,), icmp=(128, 0), points=(GROUP, ACL))
    for mail, default in (("receive-mail", 25), ("submission", 587)):
        if s.on(mail):
            yield Want("load-balancer", IN, (TCP,), s.port(mail, default))
            if s.cloud == "azure":
                probes = (LOAD_BALANCER,)
                yield Want("load-balancer", IN, (TCP,), s.port(mail, default), networks=probes)


def _ftp(s: Stack) -> Iterator[Want]:
    server, client = s.option("ftp", "server"), s.option("ftp", "client")
    passive = s.option("ftp", "data") in ("passive", "both")
    active = s.option("ftp", "data") in ("active", "both")
    if server:
        yield Want("ftp", IN, (TCP,), one(21))
        if passive:
            yield Want("ftp", IN, (TCP,), s.data_ports())
        if active:
            yield Want("ftp", OUT, (TCP,), HIGH, source_port=20)
    if client:
        yield Want("ftp", OUT, (TCP,), one(21))
        if passive:
            yield Want("ftp", OUT, (TCP,), HIGH)
        if active:
            yield Want("ftp", IN, (TCP,), s.data_ports(), source_port=20)


def _cluster(s: Stack, ssh: tuple[tuple[int, int], ...]) -> Iterator[Want]:
    chosen = s.option("cluster", "port")
    if s.option("cluster", "transport") == "ccs":
        into = out = one(chosen if isinstance(chosen, int) else 2222)
    else:
        into = one(chosen) if isinstance(chosen, int) else ssh
        out = one(chosen if isinstance(chosen, int) else 22)
    networks = (SELF,) if s.option("cluster", "peer") == SELF else None
    yield Want("cluster", IN, (TCP,), into, networks=networks)
    yield Want("cluster", OUT, (TCP,), out, networks=networks)


class Far(NamedTuple):
    """A far end: its spans, or a reference (with the family it is bound to, if any)."""

    spans: tuple[Span, ...]
    reference: str | None = None
    bound_to: int | None = None


class Meaning:
    """What one enforcement point must let through in one direction."""

    def __init__(self, requests: list[Match], replies: list[Match], guarded: set[int]) -> None:
        self.requests, self.replies, self.guarded = requests, replies, guarded
        guards = Match(tuple((TCP, p, p) for p in guarded), (), label="guards")
        self.matches = [*requests, *replies, guards]

    def touching(self, family: int, remote: int | str) -> tuple[int, ...]:
        return touching(self.matches, family, remote)

    def verdict(self, touching: tuple[int, ...]) -> Callable[[int, int], bool]:
        count = len(self.requests)
        requests = [self.matches[i] for i in touching if i < count]
        replies = [self.matches[i] for i in touching if i >= count]

        def meant(protocol: int, value: int) -> bool:
            if any(m.matches_service(protocol, value) for m in requests):
                return True
            if protocol == TCP and value in self.guarded:
                return False
            return any(m.matches_service(protocol, value) for m in replies)

        return meant


class Intent:
    """What a stack means at each of its enforcement points."""

    def __init__(self, settings: Settings) -> None:
        self.stack = Stack(settings)
        self.settings = settings

    def own_subnet(self, interface: Interface) -> list[Span]:
        """What an ACL never sees: an interface in one subnet talks inside it unfiltered."""
        if interface.network_acl is None or len(interface.network_acl.subnet_ids) != 1:
            return []
        spans = [span(str(p)) for p in interface.subnets]
        return [s for s in spans if sum(o[0] == s[0] for o in spans) == 1]

    def at(self, point: str, interface: Interface, direction: str) -> Meaning:
        requests: list[Match] = []
        replies: list[Match] = []
        for want, far, services in self._placed(interface, point):
            remotes = self._remotes(far, want, interface, point)
            if not remotes:
                continue
            match = Match(services, remotes, label=f"{want.feature} {want.direction}")
            if want.direction == direction:
                requests.append(match)
            elif point == ACL:
                back = self._back(want, services)
                if back:
                    replies.append(Match(back, remotes, label=f"reply to {match.label}"))
        guarded = self.stack.guarded() if point == ACL and direction == IN else set()
        return Meaning(requests, replies, guarded)

    def _placed(
        self, interface: Interface, point: str
    ) -> Iterator[tuple[Want, Far, tuple[tuple[int, int, int], ...]]]:
        for want in table(self.stack):
            if self.stack.on(want.feature) and point in want.points:
                for far, ports in self._fars(want):
                    placed = self._on(interface, want, far)
                    if placed is not None:
                        yield want, placed, _services(want, ports)
        for flow in self.settings.custom_flows:
            if flow.interface == interface.name:
                yield from self._custom(flow, point)

    def _custom(self, flow, point: str) -> Iterator[tuple[Want, Far, tuple]]:
        direction = flow.direction.value
        far = self._network(flow.network)
        if flow.protocol is None:
            yield self._custom_want(direction, ICMP, (8, 0)), far, ((ICMP, 2048, 2048),)
            if point != NSG:
                yield self._custom_want(direction, ICMPV6, (128, 0)), far, ((ICMPV6, 32768, 32768),)
            return
        number = {"tcp": TCP, "udp": UDP}[flow.protocol.value]
        ports = tuple((number, r.first, r.last) for r in flow.ports)
        yield Want("custom-flow", direction, (number,)), far, ports

    @staticmethod
    def _custom_want(direction: str, protocol: int, icmp: tuple[int, int]) -> Want:
        return Want("custom-flow", direction, (protocol,), icmp=icmp)

    def _fars(self, want: Want) -> Iterator[tuple[Far, tuple[tuple[int, int], ...] | None]]:
        """Each far end, with the ports that a proxy puts in place of the line's own."""
        if want.prefixes:
            yield Far(tuple(span(p) for p in want.prefixes)), None
        for host in want.hosts:
            chosen = self.settings.hosts.get(host) or self.settings.hosts["default"]
            match chosen.strategy.value:
                case "prefixes":
                    yield Far(tuple(span(str(p)) for p in chosen.prefixes)), None
                case "internet":
                    yield Far(WHOLE), None
                case _:
                    yield self._network(str(chosen.network)), one(int(chosen.port or 0))
        if want.prefixes or want.hosts:
            return
        chosen_names = self.settings.features[want.feature].peers
        names = want.networks or chosen_names or (DEFAULTS[want.feature],)
        for name in dict.fromkeys(names):
            yield self._network(name), None

    def _network(self, name: str) -> Far:
        if name == INTERNET:
            return Far(WHOLE)
        if name == SELF:
            return Far((), SELF)
        if name == LOAD_BALANCER:
            return Far((), "AzureLoadBalancer")
        network = self.settings.networks[name]
        reference: Reference | None = network.references.get(self.settings.cloud)
        spans = tuple(span(str(p)) for p in network.prefixes)
        if reference is None:
            return Far(spans)
        return Far(spans, str(reference.id), int(reference.family) if reference.family else None)

    def _on(self, interface: Interface, want: Want, far: Far) -> Far | None:
        """The part of a far end that the line concerns on *interface*; None: no part of it."""
        pinned = self.settings.features[want.feature].interface
        if pinned is not None:
            return far if pinned == interface.name else None
        if want.feature == "pmtu":
            return far
        if want.direction == IN or far.reference == SELF:
            role = next((r for r, held in ROLES.items() if want.feature in held), "management")
            return far if role in {r.value for r in interface.roles} else None
        return self._routed(interface, far)

    def _routed(self, interface: Interface, far: Far) -> Far | None:
        pieces = [(piece, self._leaves_by(piece)) for one in far.spans for piece in self._cut(one)]
        ways = {way for _, way in pieces} or {self._default()}
        mine = tuple(piece for piece, way in pieces if way == interface.name)
        if len(ways) == 1:
            return far._replace(spans=mine) if interface.name in ways else None
        # Divided, a reference cannot be told apart any more; but where it alone speaks of
        # its family nothing says where its members are, so they are on the default route.
        alone = far.bound_to is not None and all(s[0] != far.bound_to for s in far.spans)
        if alone and interface.name == self._default():
            return far._replace(spans=mine)
        return Far(mine) if mine else None

    def _cut(self, one: Span) -> Iterator[Span]:
        """A span in pieces that no route cuts; all of a family is one piece."""
        family, first, last = one
        if (first, last) == (0, LAST[family]):
            yield one
            return
        cuts = {first}
        for (own, low, high), _ in self.routes:
            if own == family:
                cuts |= {c for c in (low, high + 1) if first <= c <= last}
        starts = sorted(cuts)
        for start, following in zip(starts, [*starts[1:], last + 1], strict=True):
            yield family, start, following - 1

    def _leaves_by(self, piece: Span) -> str:
        """Longest match first, else the default route; all of a family by the default route."""
        family, first, last = piece
        if (first, last) == (0, LAST[family]):
            return self._default()
        holding = [
            (high - low, way)
            for (own, low, high), way in self.routes
            if own == family and low <= first and last <= high
        ]
        return min(holding)[1] if holding else self._default()

    @cached_property
    def routes(self) -> list[tuple[Span, str]]:
        """Each prefix that an interface's subnets and static routes send out by it."""
        return list(self._routes())

    def _routes(self) -> Iterator[tuple[Span, str]]:
        for interface in self.settings.interfaces.values():
            for prefix in interface.subnets:
                yield span(str(prefix)), interface.name
            for name in interface.routes:
                for prefix in self.settings.networks[name].prefixes:
                    yield span(str(prefix)), interface.name

    def _default(self) -> str:
        return next(i.name for i in self.settings.interfaces.values() if i.default_route)

    def _remotes(
        self, far: Far, want: Want, interface: Interface, point: str
    ) -> tuple[Span | str, ...]:
        families = {int(f) for f in interface.families}
        own = {ICMP: 4, ICMPV6: 6}.get(want.protocols[0])
        families = {f for f in families if own in (None, f)}
        spans = tuple(s for s in far.spans if s[0] in families)
        if point == ACL:
            return tuple(s for s in spans if not self._inside_own(interface, s))
        if far.reference is None or far.bound_to not in (None, *families):
            return spans
        if far.bound_to is None:
            return (far.reference,) if families else ()
        return (far.reference, *(s for s in spans if s[0] != far.bound_to))

    def _inside_own(self, interface: Interface, one: Span) -> bool:
        return any(
            own[0] == one[0] and own[1] <= one[1] and one[2] <= own[2]
            for own in self.own_subnet(interface)
        )

    def _back(self, want: Want, services: Iterable[tuple[int, int, int]]) -> tuple:
        """Where replies go: to the opener's ephemeral ports and its fixed one, if it has one."""
        if want.icmp is not None:
            answers = {(ICMP, 8, 0): (ICMP, 0, 0), (ICMPV6, 128, 0): (ICMPV6, 129 * 256, 129 * 256)}
            back = answers.get((want.protocols[0], *want.icmp))
            return (back,) if back else ()
        own = self.settings.gateway.ephemeral_ports
        first, last = (own.first, own.last) if want.direction == OUT else (1024, 65535)
        found = []
        for protocol in dict.fromkeys(service[0] for service in services):
            found.append((protocol, first, last))
            if want.source_port is not None:
                found.append((protocol, want.source_port, want.source_port))
        return tuple(found)


WHOLE: tuple[Span, ...] = ((4, 0, LAST[4]), (6, 0, LAST[6]))


def _services(
    want: Want, ports: tuple[tuple[int, int], ...] | None
) -> tuple[tuple[int, int, int], ...]:
    if want.icmp is not None:
        value = want.icmp[0] * 256 + want.icmp[1]
        return tuple((protocol, value, value) for protocol in want.protocols)
    return tuple((p, first, last) for p in want.protocols for first, last in ports or want.ports)
