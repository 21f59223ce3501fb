"""Reports of shipped stacks on a fixed day, without git."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import segfw.cli.policy
import segfw.cli.waivers
from segfw.catalog import load_catalog
from segfw.cli.limits import sources
from segfw.planned import inventory_of_plan
from segfw.review.report.make import Around, make_report
from segfw.waivers import Waivers, known_words, read_waivers
from tests.shipped import CONFIG, SHIPPED, TODAY, planned

if TYPE_CHECKING:
    from segfw.plan import Plan
    from segfw.review.report.model import Dates, Report

CATALOG = load_catalog()
DAY = "2026-11-02"


@cache
def register() -> Waivers:
    """The register of the shipped stacks."""
    path = CONFIG / "waivers.yaml"
    known = known_words(CATALOG, SHIPPED)
    return read_waivers(path.read_text(encoding="utf-8"), "config/waivers.yaml", known, TODAY)


@cache
def report_of(name: str) -> Report:
    """The report of a shipped stack; every line stands there since `DAY`."""
    plan = planned(name)
    places = plan.settings.places.values()
    return report_on(plan, {(one.file, one.line): DAY for one in places})


def report_on(plan: Plan, dates: Dates | None = None, waivers: Waivers | None = None) -> Report:
    """The report of any plan."""
    held = register() if waivers is None else waivers
    around = Around(
        today=TODAY,
        register=held,
        judged=segfw.cli.policy.judged_inventory(inventory_of_plan(plan, CATALOG), held),
        dates=dates or {},
        commit="",
        limits=sources(),
    )
    return make_report(plan, CATALOG, around)
