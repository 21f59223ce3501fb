"""The engine's event log, read as steps and counts.

The engine writes one JSON object per line while it works; this is the only machine-readable
account of what an `up` or a `refresh` did to each resource.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# What a step that leaves the resource as it was is called.
UNCHANGED = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the engine did to one resource: `create`, `update`, `delete`, `same`, `replace` ...

    A replacement is three steps: `create-replacement`, `replace` and `delete-replaced`.
    *diffs* are the property paths that made it necessary.
    """

    op: str
    type: str
    urn: str
    diffs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def changes(self) -> bool:
        """Whether the step did anything to a resource."""
        return self.op not in UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The steps in the order in which they began, and the engine's own count of them.

    *changes* counts operations: `{"create": 3, "same": 5}`. *messages* are the diagnostics, in
    the form `severity: text`.
    """

    steps: tuple[Step, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
    messages: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[Step, ...]:
        """The steps that did something."""
        return tuple(step for step in self.steps if step.changes)

    def named(self, *ops: str) -> tuple[str, ...]:
        """The sorted logical names of the resources to which one of *ops* was done."""
        return tuple(sorted(step.name for step in self.steps if step.op in ops))


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """The events in the log at *path*; a last line that is not finished yet is left out."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            return


def report(events: Iterable[Mapping[str, Any]]) -> Report:
    """What *events* amount to; if a preview came before the operation itself, only the latter."""
    announced: dict[tuple[str, str], Step] = {}
    messages: list[str] = []
    summary: dict[str, int] = {}
    for event in events:
        if "preludeEvent" in event:
            announced, messages, summary = {}, [], {}
        elif "resourcePreEvent" in event:
            step = _step(event["resourcePreEvent"]["metadata"])
            announced[step.urn, step.op] = step
        elif "diagnosticEvent" in event:
            diagnostic = event["diagnosticEvent"]
            if diagnostic["severity"] != "debug" and not diagnostic.get("ephemeral"):
                messages.append(f"{diagnostic['severity']}: {diagnostic['message'].strip()}")
        elif "summaryEvent" in event:
            summary = dict(event["summaryEvent"].get("resourceChanges") or {})
    steps = tuple(announced.values())
    counted = summary or dict(Counter(step.op for step in steps))
    return Report(steps=steps, changes=counted, messages=tuple(messages))


def _step(metadata: Mapping[str, Any]) -> Step:
    detailed = metadata.get("detailedDiff") or {}
    return Step(
        op=metadata["op"],
        type=metadata["type"],
        urn=metadata["urn"],
        diffs=tuple(sorted({*detailed, *(metadata.get("diffs") or ())})),
    )
