"""Names of rules, from content alone (design D15); scheme 1.

`{interface}-{in|out}-{protocol}-{ports}-{peer}`: a second rule with the same name
would be the same rule, so reordering an input renames nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.rule import Action

if TYPE_CHECKING:
    from segfw.rule import Rule
    from segfw.sets.addresses import Family, Prefix

SCHEME = 1
"""Raised when the form of names changes; aliases then cover the old one."""
DIGEST_LENGTH = 8
"""Hexadecimal digits that tell apart two names with one beginning."""


def prefix_word(prefix: Prefix) -> str:
    """A prefix as it stands in names: ``-`` for ``:`` and ``_`` for ``/``, one to one."""
    return str(prefix).replace(":", "-").replace("/", "_")


def content_word(rule: Rule) -> str:
    """A rule's name without its interface: what stays when an interface is renamed."""
    if rule.reference is not None:
        peer = rule.reference.name
    else:
        peer = ".".join(prefix_word(prefix) for prefix in rule.prefixes)
    protocol = rule.protocol.value if rule.protocol else "any"
    action = "deny-" if rule.action is Action.DENY else ""
    return f"{rule.direction.short}-{action}{protocol}-{rule.ports_text}-{peer}"


def rule_name(interface: str, rule: Rule) -> str:
    """The name of a rule with one far end and at most one port range."""
    return f"{interface}-{content_word(rule)}"


def augmented_name(interface: str, rule: Rule, row: str, family: Family) -> str:
    """The name of an NSG rule of several prefixes: by feature and row."""
    protocol = rule.protocol.value if rule.protocol else "any"
    feature = rule.flows[0].feature
    return f"{interface}-{rule.direction.short}-{protocol}-{feature}-{row}-{family.keyword}"


def within(name: str, length: int) -> str:
    """*name*, or where it is over *length* its beginning and a digest of the whole."""
    if len(name) <= length:
        return name
    from hashlib import sha256

    tail = sha256(name.encode()).hexdigest()[:DIGEST_LENGTH]
    return f"{name[: length - DIGEST_LENGTH - 1]}-{tail}"


def rendezvous(content: str, groups: int) -> int:
    """Which of *groups* groups, from 1, a rule belongs to: raising the number moves few.

    Highest random weight (Thaler and Ravishankar, 1998): each group scores each rule,
    and the highest score wins, so a new group takes over only what it scores highest.
    """
    if groups == 1:
        return 1
    return max(range(1, groups + 1), key=lambda group: _score(content, group))


def _score(content: str, group: int) -> bytes:
    from hashlib import sha256

    return sha256(f"{group}|{content}".encode()).digest()
