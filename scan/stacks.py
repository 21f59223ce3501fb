"""One stack: exported, scanned, and its findings held against the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scan import run
from scan.findings import Answer, NotRead, cfn_lint_answer, checkov_answers
from segfw.catalog import load_catalog
from segfw.export.formats import FORMATS
from segfw.waivers import Subject
from segfw.waivers.exported import Named, names_in
from segfw.waivers.scanners import SCANNED, Target, checkov_baseline, checkov_config

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from segfw.plan import Plan
    from segfw.waivers import Waivers

FILES = {"terraform": "main.tf.json", "cloudformation": "template.json", "arm": "arm.json"}


class Scanned(NamedTuple):
    """What the scanners say of one stack."""

    stack: str
    environment: str
    answers: tuple[Answer, ...]
    subjects: tuple[tuple[Answer, Subject, str], ...]
    """Each finding as waivers see it, with what the scanner says of it."""
    left: tuple[Answer, ...]
    """Checkov's answers with the generated skip files: they should have no findings."""


def scan_stack(plan: Plan, waivers: Waivers, tools: Path, work: Path) -> Scanned:
    """Export the plan below *work*, run the scanners over it, and again with the skip files.

    Raises:
        NotRead: a scanner is not there, or what it answered cannot be understood.
    """
    stack = plan.settings.stack
    folder = work / stack
    texts = _exported(plan, folder)
    answers = [*_checkov(tools, folder, texts)]
    if "cloudformation" in texts:
        template = folder / FILES["cloudformation"]
        resources = len(names_in(texts["cloudformation"], "cloudformation"))
        tool = run.version(tools, "cfn-lint")
        answers.append(cfn_lint_answer(run.cfn_lint(tools, template), tool, resources))
    names = {form: names_in(text, form) for form, text in texts.items()}
    environment = plan.settings.gateway.environment.value
    skips = _skip_files(plan, waivers, work)
    return Scanned(
        stack=stack,
        environment=environment,
        answers=tuple(answers),
        subjects=tuple(_subjects(answers, names, environment, stack)),
        left=tuple(_checkov(tools, folder, texts, skips)),
    )


def _exported(plan: Plan, folder: Path) -> dict[str, str]:
    """The stack's exports by format, written below *folder*, where nothing else is."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    texts = {
        form: FORMATS[form].write(plan, load_catalog()) for form in SCANNED[plan.settings.cloud]
    }
    for form, text in texts.items():
        (folder / FILES[form]).write_text(text, encoding="utf-8")
    return texts


def _checkov(
    tools: Path, folder: Path, texts: dict[str, str], skips: tuple[str, ...] = ()
) -> Iterator[Answer]:
    """Checkov's answers, one to each export."""
    answers = {one.form: one for one in checkov_answers(run.checkov(tools, folder, skips))}
    for form in texts:
        found = answers.get(form)
        if not skips and (found is None or not found.looked_at):
            raise NotRead(
                f"checkov met no resource in {folder / FILES[form]}: nothing was scanned."
            )
        if found is not None:
            yield found


def _skip_files(plan: Plan, waivers: Waivers, work: Path) -> tuple[str, ...]:
    """Checkov's words for the skip files of the stack, which are beside its folder."""
    stack = plan.settings.stack
    targets = (Target(plan, "*"),)
    config, baseline = work / f"{stack}.checkov.yaml", work / f"{stack}.checkov.baseline"
    config.write_text(checkov_config(waivers, targets), encoding="utf-8")
    baseline.write_text(checkov_baseline(waivers, targets, load_catalog()), encoding="utf-8")
    return ("--config-file", str(config), "--baseline", str(baseline))


def _subjects(
    answers: Iterable[Answer], names: dict[str, dict[str, Named]], environment: str, stack: str
) -> Iterator[tuple[Answer, Subject, str]]:
    """Each finding by the name that its resource has in the plan; the scanner's where none."""
    for answer in answers:
        known = names[answer.form]
        # cfn-lint leaves the type out.
        known = {**{id_.rpartition(".")[2]: named for id_, named in known.items()}, **known}
        for hit in answer.hits:
            named = known.get(hit.resource, Named(hit.resource, ()))
            yield (
                answer,
                Subject(hit.check, named.name, named.features, environment, stack),
                hit.says,
            )
