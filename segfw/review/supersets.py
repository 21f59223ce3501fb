"""What `fit: superset` costs: services of the gateway that many more addresses may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog.model import Direction
from segfw.effective import listening_services
from segfw.limits import MANAGEMENT_IPV4_ADDRESSES, MANAGEMENT_IPV6_LENGTH, MANAGEMENT_IPV6_SUBNETS
from segfw.problems import Remark, Severity
from segfw.sets.addresses import AddressSet, Family
from segfw.sets.headerspace import HeaderSpace
from segfw.settings.types import Fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.rule import RuleSet

MANY = {
    Family.IPV4: (MANAGEMENT_IPV4_ADDRESSES, 0, "addresses"),
    Family.IPV6: (MANAGEMENT_IPV6_SUBNETS, MANAGEMENT_IPV6_LENGTH, "/64 networks"),
}
"""What management may be reached from at most (design D9): more than that in addition is said."""


def opened_by_supersets(plan: Plan, catalog: Catalog) -> Iterator[Remark]:
    """A warning to each network ACL whose joined entries open a service to very many."""
    for rule_set in plan.rule_sets:
        if rule_set.fit is Fit.SUPERSET:
            opened = list(_opened(rule_set, plan, catalog))
            if opened:
                path = f"interfaces.{rule_set.interface}.networkAcl.fit"
                message = (
                    f"superset lets {', '.join(opened)} than were asked for, and only the "
                    "security groups keep them out; raise quotas.networkAcl.entries, or "
                    "name fewer prefixes."
                )
                yield Remark(Severity.WARNING, plan.settings.place(path), path, message)


def _opened(rule_set: RuleSet, plan: Plan, catalog: Catalog) -> Iterator[str]:
    for widening in rule_set.widenings:
        if widening.direction is Direction.INGRESS:
            family = widening.space.family
            anyone = AddressSet.whole(family)
            listening = listening_services(plan.settings.features, catalog)
            services = HeaderSpace.union(family, ((one, anyone) for one in listening))
            most, shift, words = MANY[family]
            for service, added in (widening.space & services).boxes():
                if (count := added.size() >> shift) > most:
                    yield f"{count:,} more {words} reach {service}"
