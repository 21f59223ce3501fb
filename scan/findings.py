"""What scanners say, as data: read from their JSON, free of how they were run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FORMS = {"terraform_json": "terraform", "cloudformation": "cloudformation", "arm": "arm"}
"""checkov's frameworks, and the formats of exports that they read.

Its framework ``terraform`` reads no Terraform JSON: it would find nothing, in nothing.
"""


class NotRead(Exception):
    """A scanner's answer is not what this module knows; the message is for a user."""


class Hit(NamedTuple):
    """One finding of a scanner."""

    check: str
    resource: str
    """As the scanner calls it."""
    says: str


class Answer(NamedTuple):
    """What one scanner says of one export."""

    tool: str
    """With its version."""
    form: str
    counts: str
    """What is counted: ``checks`` that held, or ``resources`` that were read."""
    passed: int
    hits: tuple[Hit, ...]

    @property
    def looked_at(self) -> int:
        """How many results there are; none means that nothing was scanned."""
        return self.passed + len(self.hits)


def checkov_answers(document: Any) -> Iterator[Answer]:
    """Each framework's answer in checkov's JSON; none for one that met no file.

    Raises:
        NotRead: it is another form, or checkov could not parse an export.
    """
    reports: Sequence[Any] = document if isinstance(document, list) else [document]
    for report in reports:
        if not isinstance(report, dict):
            raise NotRead("checkov's answer is no report; run it by hand with --output json.")
        if "results" in report:
            yield _checkov(report)


def _checkov(report: Mapping[str, Any]) -> Answer:
    try:
        results = report["results"]
        unread = results.get("parsing_errors") or ()
        answer = Answer(
            tool=f"checkov {report['summary']['checkov_version']}",
            form=FORMS[report["check_type"]],
            counts="checks",
            passed=report["summary"]["passed"],
            hits=tuple(
                Hit(one["check_id"], one["resource"], one["check_name"])
                for one in results["failed_checks"]
            ),
        )
    except (KeyError, TypeError) as missing:
        raise NotRead(f"checkov's answer lacks {missing}; is it another version?") from None
    if unread:
        raise NotRead(f"checkov could not parse {', '.join(map(str, unread))}.")
    return answer


def cfn_lint_answer(document: Any, version: str, resources: int) -> Answer:
    """cfn-lint's answer about a template of so many resources.

    Raises:
        NotRead: it is another form.
    """
    try:
        hits = tuple(
            Hit(one["Rule"]["Id"], _resource(one), one["Message"].strip()) for one in document
        )
    except (KeyError, TypeError) as missing:
        raise NotRead(f"cfn-lint's answer lacks {missing}; is it another version?") from None
    return Answer(version, "cloudformation", "resources", resources, hits)


def _resource(one: Mapping[str, Any]) -> str:
    """The logical id of the resource, or the line where it is about none."""
    match one["Location"].get("Path"):
        case ["Resources", str(logical), *_]:
            return logical
        case _:
            return f"line {one['Location']['Start']['LineNumber']}"
