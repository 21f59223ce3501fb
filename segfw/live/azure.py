"""NSGs as `az network nsg` writes them, and as ARM's own API does (under `properties`)."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, cast

from segfw.clouds.azure_nsg.spec import ANY, NSG
from segfw.live.fields import At, Refused, record
from segfw.live.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

SPELLED = {
    word.casefold(): word
    for word in ("Tcp", "Udp", "Icmp", "Esp", "Ah", "*", "Inbound", "Outbound", "Allow", "Deny")
}
"""ARM answers in the letters that somebody wrote, and takes any case."""
EVERY = ("*", "any", "0-65535")
"""How an address, or a port range, says every one; the last is of ports alone."""
TAGS = {tag.casefold(): tag for tag in ("Internet", "VirtualNetwork", "AzureLoadBalancer")}
"""The service tags that Azure's own rules name, in their letters."""
PAIRS = (
    ("sourceAddressPrefix", "sourceAddressPrefixes"),
    ("destinationAddressPrefix", "destinationAddressPrefixes"),
    ("sourcePortRange", "sourcePortRanges"),
    ("destinationPortRange", "destinationPortRanges"),
)
GROUPS = ("sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups")
ID = "/subscriptions/"
KIND = "/providers/Microsoft.Network/networkSecurityGroups/"


def is_nsg(value: object) -> bool:
    """The value says that it is an NSG, or has what only an NSG has."""
    if not isinstance(value, dict):
        return False
    held = cast("dict[str, Any]", value)
    inner = held.get("properties")
    within = cast("dict[str, Any]", inner) if isinstance(inner, dict) else held
    return (
        KIND.casefold() in str(held.get("id")).casefold()
        or "securityRules" in within
        or "defaultSecurityRules" in within
    )


def nsg(at: At) -> Found:
    """One NSG with its own rules by direction and priority."""
    name = at.text("name")
    id_ = at.text("id")
    subscription, group = _scope(at, id_)
    rules = sorted(map(_rule, _within(at).records("securityRules")), key=_order)
    _apart(at, [rule["name"] for rule in rules], "name")
    _apart(at, [f"{way} priority {number}" for way, number in map(_order, rules)], "turn")
    return Found(
        type=NSG,
        id=id_,
        name=name,
        path=at.path,
        inputs={
            "location": at.text("location"),
            "networkSecurityGroupName": name,
            "resourceGroupName": group,
            "securityRules": rules,
            "tags": _tags(at),
        },
        account=subscription,
        region=at.text("location"),
    )


def _apart(at: At, said: list[str], what: str) -> None:
    """Refuse two rules with one *what*: Azure has no such NSG."""
    twice = next((one for one in said if said.count(one) > 1), None)
    if twice is not None:
        raise at.refused("securityRules", f'two rules have one {what}, "{twice}"')


def _within(at: At) -> At:
    """Where the settings stand: under ``properties`` as ARM has it, or beside the name."""
    return at.record("properties") if at.held.get("properties") is not None else at


def _scope(at: At, id_: str) -> tuple[str, str]:
    """Subscription and resource group of an id."""
    parts = id_.split("/")
    if not id_.startswith(ID) or KIND.casefold() not in id_.casefold() or len(parts) < 9:  # noqa: PLR2004
        raise at.refused("id", f"it is no id of an NSG ({ID}…{KIND}…)")
    return parts[2], parts[4]


def _tags(at: At) -> dict[str, str]:
    if at.held.get("tags") is None:
        return {}
    held = at.record("tags")
    return {key: held.text_or(key) for key in held.held}


def _order(rule: dict[str, Any]) -> tuple[str, int]:
    return rule["direction"], rule["priority"]


def _rule(at: At) -> dict[str, Any]:
    inner = _within(at)
    found: dict[str, Any] = {
        "access": _word(inner, "access"),
        "direction": _word(inner, "direction"),
        "name": at.text("name"),
        "priority": inner.number("priority"),
        "protocol": _word(inner, "protocol"),
    }
    if text := inner.text_or("description"):
        found["description"] = text
    for field in GROUPS:
        if ids := [{"id": one.text("id")} for one in inner.records_or_none(field)]:
            found[field] = ids
    for one, many in PAIRS:
        found |= dict(_values(inner, one, many, found))
    return found


def _word(at: At, key: str) -> str:
    word = SPELLED.get(at.text(key).casefold())
    if word is None:
        raise at.refused(key, f"{at.text(key)!r} is no {key} of an NSG's rule")
    return word


def _values(at: At, one: str, many: str, found: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """The singular field or the plural one; a side that is said by groups has neither."""
    spelled = _address if one.endswith("AddressPrefix") else _ports
    single = spelled(at.text_or(one))
    several = sorted({spelled(text) for text in at.texts_or_none(many)})
    if single and several:
        raise Refused(
            at.below(many), f'"{one}" is there beside it; write the answer again: {at.how}'
        )
    if not single and not several and one.removesuffix("AddressPrefix") in _said(found):
        return
    if not single and not several:
        raise at.lacking(one)
    yield (one, single or ANY) if single or ANY in several else (many, several)


def _address(text: str) -> str:
    """The prefix as the stack would write it: ARM takes a bare address, and host bits too."""
    word = text.strip()
    if word.casefold() in EVERY[:2]:
        return ANY
    try:
        return str(ip_network(word, strict=False))
    except ValueError:
        return TAGS.get(word.casefold(), word)


def _ports(text: str) -> str:
    word = text.strip()
    return ANY if word.casefold() in EVERY else word


def _said(found: dict[str, Any]) -> list[str]:
    return [f.removesuffix("ApplicationSecurityGroups") for f in GROUPS if f in found]


def nsgs_of(value: object, how: str) -> list[At] | None:
    """The NSGs in an answer of ``az network nsg show`` or ``list``, or of ARM; None: no such."""
    if isinstance(value, list):
        listed = cast("list[object]", value)
        if not listed or not all(is_nsg(one) for one in listed):
            return None
        return [record(one, f"[{index}]", how) for index, one in enumerate(listed)]
    if is_nsg(value):
        return [record(value, "", how)]
    return None
