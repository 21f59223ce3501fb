"""The guardrails of `segfw.guardrails` as CrossGuard policies; nothing is decided here.

The engine sends each resource's inputs first, and all resources with their dependencies at
the end: the pack keeps the former, and judges when it has the latter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import Severity as PolicySeverity
from pulumi_policy.proxy import UnknownValueError

from segfw.catalog import load_catalog
from segfw.guardrails.guardrail import Guardrail, Severity, Verdict, on_one_line
from segfw.guardrails.levels import Level, level
from segfw.guardrails.pack import GUARDRAILS, Finding, judge_view
from segfw.guardrails.view import View
from segfw.inventory import UNKNOWN, Inventory, Resource
from segfw.problems import Place, Problem, ProblemsFound

if TYPE_CHECKING:
    from pulumi_policy import PolicyResource

    from segfw.waivers import Waiver, Waivers

SEVERITIES = {
    Severity.LOW: PolicySeverity.LOW,
    Severity.MEDIUM: PolicySeverity.MEDIUM,
    Severity.HIGH: PolicySeverity.HIGH,
    Severity.CRITICAL: PolicySeverity.CRITICAL,
}
NOTES = {"not-known-yet": Verdict.OPEN, "listed": Verdict.LISTED}
"""Policies that only report, and what."""


REGISTER = Path(__file__).resolve().parent.parent / "config" / "waivers.yaml"
"""The register of the project that the pack stands in; policy config may name another."""


class Judged(NamedTuple):
    """A finding, and what covers it."""

    finding: Finding
    waiver: Waiver | None

    @property
    def violation(self) -> bool:
        """It violates a guardrail, and no waiver covers it."""
        return self.finding.violated and self.waiver is None


class Stack:
    """What the engine has sent of one stack."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._judged: tuple[object, tuple[Judged, ...]] | None = None
        self._register: Waivers | None = None
        self.environment = ""
        """The strictest of the firewalls'; empty where none of ours said one."""
        self.quiet: frozenset[str] = frozenset()
        """Policies that have nothing to report of what was judged last."""
        self.faults: tuple[Problem, ...] = ()
        """What is wrong with the register of waivers, those that are past among it."""

    def keep(self, args: ResourceValidationArgs) -> None:
        """Keep a resource's inputs."""
        self._inputs[args.urn] = known(args.props)
        self._judged, self.quiet = None, frozenset()

    def read_register(self, path: Path) -> Waivers:
        """Read the waivers; without a file there are none."""
        from segfw.waivers import Waivers, known_words, read_waivers

        self._register = Waivers((), date.today())
        try:
            if path.is_file():
                words = known_words(load_catalog())
                text = path.read_text("utf-8-sig")
                self._register = read_waivers(text, str(path), words, date.today())
            self.faults = self._register.expired
        except ProblemsFound as found:
            self.faults = tuple(found.problems)
        except (OSError, UnicodeDecodeError) as error:
            self.faults = (Problem(Place(str(path), 0), "", f"it cannot be read: {error}."),)
        return self._register

    def findings(self, resources: Sequence[PolicyResource]) -> tuple[Judged, ...]:
        """What all guardrails find, worked out once for each time that the engine asks."""
        asked = tuple(one.urn for one in resources)
        if self._judged is None or self._judged[0] != asked:
            stack = asked[0].split("::", 1)[0].removeprefix("urn:pulumi:") if asked else ""
            inventory = Inventory(stack, tuple(self._resource(one) for one in resources))
            register = self._register or self.read_register(REGISTER)
            self._judged = asked, tuple(self._judge(inventory, register))
        return self._judged[1]

    def pass_over_what_finds_nothing(self, resources: Sequence[PolicyResource]) -> None:
        """Note the policies that have nothing to report."""
        found = self.findings(resources)
        violated = {one.finding.guardrail.id for one in found if one.violation}
        verdicts = {one.finding.found.verdict for one in found}
        notes = {name for name, verdict in NOTES.items() if verdict not in verdicts}
        self.quiet = frozenset({*OF_GUARDRAILS} - violated | notes)

    def _judge(self, inventory: Inventory, register: Waivers) -> Iterator[Judged]:
        from segfw.waivers.findings import waiver_of

        view = View(inventory, load_catalog(), date.today())
        gateway, self.environment = view.gateway, view.environment
        for one in judge_view(view):
            yield Judged(one, waiver_of(one, gateway, inventory, register))

    def _resource(self, one: PolicyResource) -> Resource:
        given = self._inputs.get(one.urn)
        outputs = known(one.props)
        inputs = dict(given if given is not None else outputs)
        if isinstance(outputs.get("tagsAll"), dict):
            inputs["tagsAll"] = outputs["tagsAll"]
        id_ = outputs.get("id")
        return Resource(
            urn=one.urn,
            type=one.resource_type,
            name=one.urn.split("::", 3)[-1],
            parent=one.parent.urn if one.parent is not None else "",
            inputs=inputs,
            depends={
                name: tuple(each.urn for each in many)
                for name, many in one.property_dependencies.items()
            },
            id=id_ if isinstance(id_, str) else "",
        )


def known(props: Any) -> Any:
    """Plain values of what the engine sent, `UNKNOWN` for what it does not know yet."""
    if isinstance(props, Mapping):
        mapping = cast("Mapping[str, Any]", props)
        return {key: _item(mapping, key) for key in mapping}
    if isinstance(props, Sequence) and not isinstance(props, str | bytes):
        items = cast("Sequence[Any]", props)
        return [_item(items, index) for index in range(len(items))]
    if isinstance(props, float) and props.is_integer():
        return int(props)
    return props


def _item(holder: Any, key: Any) -> Any:
    try:
        return known(holder[key])
    except UnknownValueError:
        return UNKNOWN


STACK = Stack()


def warm_up() -> None:
    """Load what a judgement needs, while the program that is judged still starts."""
    import_module("segfw.settings.reader")
    import_module("segfw.settings.checklist")
    import_module("segfw.waivers.findings")
    judge_view(View(Inventory("", ()), load_catalog(), date.today()))


def _keep(args: ResourceValidationArgs, _: ReportViolation) -> None:
    STACK.keep(args)


def _register(args: StackValidationArgs, report: ReportViolation) -> None:
    named = args.get_config().get("file")
    STACK.read_register(Path(named) if isinstance(named, str) else REGISTER)
    for fault in STACK.faults:
        report(str(fault), None)
    STACK.pass_over_what_finds_nothing(args.resources)


def _production(args: StackValidationArgs, report: ReportViolation) -> None:
    excepted = args.get_config().get("except")
    reasons = cast("dict[str, Any]", excepted) if isinstance(excepted, dict) else {}
    for id_ in sorted(set(reasons) - set(OF_GUARDRAILS)):
        report(f'"except" names "{id_}", and there is no such guardrail', None)
    violated: dict[str, list[str]] = {}
    for one in STACK.findings(args.resources):
        guardrail = one.finding.guardrail
        if one.violation and level(guardrail, STACK.environment) is Level.MANDATORY:
            violated.setdefault(guardrail.id, []).append(on_one_line(one.finding.found.subject))
    for id_, subjects in violated.items():
        if not str(reasons.get(id_) or "").strip():
            report(f"{id_} is violated: {', '.join(dict.fromkeys(subjects))}", None)


def _waived(args: StackValidationArgs, report: ReportViolation) -> None:
    for one in STACK.findings(args.resources):
        if one.waiver is not None:
            found = one.finding.found
            said = f"{one.finding.guardrail.id}: {found.line}"
            report(f"{said} (until {one.waiver.expires} by {one.waiver.owner})", found.urn)


def _of(guardrail: Guardrail) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for one in STACK.findings(args.resources):
            found = one.finding.found
            if one.finding.guardrail is guardrail and one.violation:
                report(f"{found.line}. {guardrail.fix}", found.urn)

    frameworks = ", ".join(guardrail.frameworks)
    return StackValidationPolicy(
        name=guardrail.id,
        description=guardrail.statement,
        validate=validate,
        enforcement_level=EnforcementLevel.ADVISORY,
        severity=SEVERITIES[guardrail.severity],
        framework=PolicyComplianceFramework(name=frameworks) if frameworks else None,
        tags=list(guardrail.answers),
        remediation_steps=guardrail.fix,
    )


def _noted(name: str, description: str) -> StackValidationPolicy:
    verdict = NOTES[name]

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for one in STACK.findings(args.resources):
            found = one.finding.found
            if found.verdict is verdict:
                said = f"{one.finding.guardrail.id}: {found.line}"
                report(said, found.urn)

    return StackValidationPolicy(
        name=name,
        description=description,
        validate=validate,
        enforcement_level=EnforcementLevel.ADVISORY,
    )


OF_GUARDRAILS = {one.id: _of(one) for one in GUARDRAILS}


class Policies(list[Policy]):
    """The pack's policies, without those that have nothing to report of what is judged.

    The package reads every resource anew for every stack policy that it comes to, which takes
    longer than all that the guardrails do; the first one has judged by then.
    """

    def __iter__(self) -> Iterator[Policy]:
        """The policies in order, each looked at when its turn comes."""
        return (one for one in super().__iter__() if one.name not in STACK.quiet)


POLICIES = Policies(
    [
        ResourceValidationPolicy(
            name="inputs",
            description="Reads what each resource is given, for the guardrails.",
            validate=_keep,
            enforcement_level=EnforcementLevel.ADVISORY,
        ),
        StackValidationPolicy(
            name="waivers",
            description="The register of waivers can be read, and none has expired.",
            validate=_register,
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=PolicyConfigSchema(
                {"file": {"type": "string", "description": "The register, if it is another file."}}
            ),
        ),
        *cast("list[Policy]", list(OF_GUARDRAILS.values())),
        StackValidationPolicy(
            name="production",
            description="In production, and where no environment is known, no guardrail of medium "
            "or higher severity is violated.",
            validate=_production,
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=PolicyConfigSchema(
                {
                    "except": {
                        "type": "object",
                        "description": "Ids of guardrails, each with a reason.",
                    }
                }
            ),
        ),
        StackValidationPolicy(
            name="waived",
            description="What is violated and accepted for a while.",
            validate=_waived,
            enforcement_level=EnforcementLevel.ADVISORY,
        ),
        _noted(
            "not-known-yet",
            "What no guardrail can decide before the update; judge it again with "
            "`pulumi policy analyze`.",
        ),
        _noted("listed", "What is allowed, and a reviewer should see."),
    ]
)
