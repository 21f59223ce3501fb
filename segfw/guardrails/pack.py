"""Every guardrail, and the judgement of an inventory by all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.guardrails.guardrail import Found, Guardrail, Verdict
from segfw.guardrails.rules import (
    acl_wider,
    attached,
    catalog_ports,
    cleartext,
    cluster_internet,
    custom_flows,
    default_deny,
    described,
    effective_access,
    exclusive,
    gateway_checklist,
    management_networks,
    no_all_ports,
    one_form,
    own_acl,
    owned_and_checked,
    public_management,
    quarantine_internet,
    quota_room,
    readable,
    relay_external,
    ssh_external,
    tagged,
    talos_published,
    web_internet,
)
from segfw.guardrails.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.inventory import Inventory

GUARDRAILS: tuple[Guardrail, ...] = tuple(
    one.GUARDRAIL
    for one in (
        quarantine_internet,
        web_internet,
        ssh_external,
        cluster_internet,
        management_networks,
        public_management,
        relay_external,
        catalog_ports,
        no_all_ports,
        default_deny,
        talos_published,
        effective_access,
        acl_wider,
        own_acl,
        one_form,
        exclusive,
        attached,
        readable,
        custom_flows,
        gateway_checklist,
        cleartext,
        described,
        tagged,
        quota_room,
        owned_and_checked,
    )
)
"""In the order in which they should be read: what an attacker would use comes first."""
BY_ID = {one.id: one for one in GUARDRAILS}


class Finding(NamedTuple):
    """What a guardrail found."""

    guardrail: Guardrail
    found: Found

    @property
    def violated(self) -> bool:
        """It is neither a note nor something that is not known yet."""
        return self.found.verdict is Verdict.VIOLATED


def judge(
    inventory: Inventory,
    catalog: Catalog,
    today: date,
    guardrails: Iterable[Guardrail] = GUARDRAILS,
) -> tuple[Finding, ...]:
    """What *guardrails* find in an inventory, each thing once, in the pack's order."""
    return judge_view(View(inventory, catalog, today), guardrails)


def judge_view(view: View, guardrails: Iterable[Guardrail] = GUARDRAILS) -> tuple[Finding, ...]:
    """The same of an inventory that was read before."""
    return tuple(Finding(one, each) for one in guardrails for each in _unique(one.judge(view)))


def _unique(found: Iterable[Found]) -> Iterator[Found]:
    yield from dict.fromkeys(found)
