"""From a plan to its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.review.checklist import checklist
from segfw.review.readme import cloud_blocks
from segfw.review.remarks import all_remarks, redundancies, widenings
from segfw.review.report import accepted, owners, provenance, rules
from segfw.review.report.edges import edges, matrix
from segfw.review.report.model import Report
from segfw.review.report.questions import questions
from segfw.review.report.subject import REACHES, Subject
from segfw.review.report.unknowns import unknowns
from segfw.review.report.worries import worries
from segfw.review.tables import proof_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan
    from segfw.review.judging import Judged
    from segfw.review.report.model import Dates
    from segfw.waivers import Waivers


class Around(NamedTuple):
    """What a report says that the plan does not hold."""

    today: date
    register: Waivers
    judged: Judged
    dates: Dates
    commit: str
    limits: Mapping[str, str]
    """Where each limit was read, by its name in `segfw.limits`."""


def make_report(plan: Plan, catalog: Catalog, around: Around) -> Report:
    """Everything that a reviewer asks about a stack, in one record.

    The same plan, day and surroundings give the same record.
    """
    subject = Subject(plan=plan, catalog=catalog, today=around.today, dates=around.dates)
    settings = plan.settings
    found = edges(subject)
    report = Report(
        stack=settings.stack,
        cloud=settings.cloud.value,
        region=settings.region or "region of the provider",
        environment=settings.gateway.environment.value,
        release=settings.gateway.release,
        cisco_region=settings.gateway.cisco_region,
        edition=catalog.edition,
        digest=plan.digest[:12],
        today=around.today.isoformat(),
        commit=around.commit,
        counts=(
            ("features", len(settings.features)),
            ("connections", len(found)),
            ("flows", len(plan.flows)),
            ("rules", sum(len(one.rules) for one in plan.rule_sets)),
            ("resources", sum(1 for _ in plan.resources())),
            ("custom flows", len(settings.custom_flows)),
        ),
        worries=(),
        questions=(),
        reaches=REACHES,
        interfaces=rules.interfaces(subject),
        edges=found,
        openings=owners.openings(subject),
        matrix=matrix(subject),
        beyond=rules.beyond(subject),
        points=rules.points(subject),
        gauges=rules.gauges(subject, around.limits),
        widenings=widenings(plan),
        redundancies=redundancies(plan),
        remarks=all_remarks(plan, catalog, today=around.today),
        findings=accepted.findings(around.judged),
        waivers=accepted.waivers(subject, around.register, around.judged),
        customs=accepted.customs(subject),
        checklist=checklist(plan, catalog, today=around.today),
        lists=owners.lists(subject),
        hosts=owners.hosts(subject),
        jurisdiction=owners.own_jurisdiction(subject),
        numbers=provenance.numbers(subject),
        bounds=provenance.bounds(subject, around.limits),
        unknowns=unknowns(subject),
        blocks=cloud_blocks(plan),
        proof=proof_words(plan),
    )
    return report._replace(worries=worries(report), questions=questions(report))
