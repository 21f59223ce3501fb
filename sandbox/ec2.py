"""The sandbox's EC2: moto's server with the losses mended that no caller can make up for.

Run as ``python -m sandbox.ec2``, with moto_server's own options.  Five things in moto 5.2 differ
from EC2 in what it *keeps*: it counts a group's rules over both families, forgets the description
of a rule whose peer is a group or a prefix list, changes no peer but an IPv4 block, loses the ICMP
type and code of a network ACL entry, and never resizes a prefix list.
What it merely accepts is refused in `sandbox.providers.aws_strict`.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.ec2.models import security_groups
from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend
from moto.ec2.responses.network_acls import NetworkACLs
from moto.ec2.responses.vpcs import VPCs
from moto.server import ThreadedMotoServer
from moto.server import main as serve

if TYPE_CHECKING:
    from collections.abc import Iterator


def mend() -> None:
    """Put the mended functions in moto's place; a second time does nothing."""
    if getattr(security_groups, "mended", False):
        return
    security_groups.mended = True  # type: ignore[attr-defined]
    rules, backend = security_groups.SecurityGroupRule, security_groups.SecurityGroupBackend
    _keep_descriptions(rules)
    _change_every_peer(backend)
    backend._verify_group_will_respect_rule_count_limit = _no_limit  # noqa: SLF001
    _keep_icmp()
    _resize_prefix_lists()


def _no_limit(self: Any, *arguments: Any, **named: Any) -> None:
    """The stand-in provider counts instead: by family, and prefix lists by their maximum."""
    del self, arguments, named


def _keep_descriptions(rules: Any) -> None:
    make = rules.__init__

    def init(self: Any, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        peers = [*arguments[6:8], named.get("source_group"), named.get("prefix_list_id")]
        for peer in peers:
            if isinstance(peer, dict) and "Description" in peer:
                self.ip_range = {**self.ip_range, "Description": peer["Description"]}
        # Two rules to one group are the same rule, whatever they say of themselves.
        self.source_group = {k: v for k, v in self.source_group.items() if k != "Description"}

    rules.__init__ = init


def _change_every_peer(backend: Any) -> None:
    modify = backend.modify_security_group_rules

    def modify_all(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        modify(self, group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        for rule_id, change in rules.items():
            rule = group.get_rule(rule_id)
            if change.get("CidrIpv6"):
                rule.ip_range = {**rule.ip_range, "CidrIpv6": change["CidrIpv6"]}
            if change.get("PrefixListId"):
                rule.prefix_list_id = change["PrefixListId"]
            if change.get("ReferencedGroupId"):
                rule.source_group = {**rule.source_group, "GroupId": change["ReferencedGroupId"]}

    backend.modify_security_group_rules = modify_all


def _keep_icmp() -> None:
    ask = NetworkACLs._get_param  # noqa: SLF001

    def look(self: Any, param_name: str, *arguments: Any, **named: Any) -> Any:
        # moto asks for the name on the wire, and its parser answers to the one in the model.
        return ask(self, param_name.replace("Icmp.", "IcmpTypeCode."), *arguments, **named)

    NetworkACLs._get_param = look  # noqa: SLF001


def _resize_prefix_lists() -> None:
    respond = VPCs.modify_managed_prefix_list
    modify = ManagedPrefixListBackend.modify_managed_prefix_list

    def keep_name(self: Any, *arguments: Any, **named: Any) -> Any:
        if not named.get("prefix_list_name"):
            found = self.managed_prefix_lists.get(named.get("prefix_list_id"))
            named["prefix_list_name"] = found.prefix_list_name if found else None
        return modify(self, *arguments, **named)

    def resize(self: Any) -> Any:
        most = self._get_param("MaxEntries")
        found = self.ec2_backend.managed_prefix_lists.get(self._get_param("PrefixListId"))
        if most and found is not None:
            found.max_entries = int(most)
        return respond(self)

    ManagedPrefixListBackend.modify_managed_prefix_list = keep_name
    VPCs.modify_managed_prefix_list = resize


@contextmanager
def serving() -> Iterator[str]:
    """The address of such a server inside this process, for as long as the context lasts."""
    mend()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def main() -> None:
    """Serve until stopped."""
    mend()
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
