"""Whatever a stack file says is text on the page: no element, no script, no request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum

import pytest

from segfw.cli.report.html import index_html, report_html
from segfw.review.report.across import Unread, compare
from tests.browser.browsing import opened
from tests.review.report.reporting import report_of

EVIL = (
    "</script></style></title></text></a><img src=http://evil.example/x onerror=alert(1)>"
    "<script>alert(2)</script>\"onmouseover=alert(3) '{{7*7}}"
)
OURS = {"tone", "reach", "verdict", "id", "more", "edge", "anchor", "row"}
"""Words that only this project says; the page looks things up by them."""


def poisoned(value, name=""):
    """The same record with something vicious at the end of every text."""
    if isinstance(value, str):
        return value if name in OURS else value + EVIL
    if isinstance(value, Enum) or value is None:
        return value
    if isinstance(value, Mapping):
        return {key: poisoned(inner) for key, inner in value.items()}
    if hasattr(value, "_fields"):
        held = {field: poisoned(inner, field) for field, inner in value._asdict().items()}
        return type(value)(**held)
    if isinstance(value, tuple):
        return tuple(poisoned(inner) for inner in value)
    if is_dataclass(value):
        held = {f.name: poisoned(getattr(value, f.name), f.name) for f in fields(value)}
        return replace(value, **held)
    return value


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    report = poisoned(report_of("azure-lab"))
    unread = [Unread(f"broken{EVIL}", (EVIL,))]
    across = poisoned(compare([report_of("aws-lab")], unread, page_of=lambda one: one))
    found = {"report": folder / "report.html", "index": folder / "index.html"}
    found["report"].write_text(report_html(report), encoding="utf-8")
    found["index"].write_text(index_html(across), encoding="utf-8")
    return found


@pytest.mark.parametrize("kind", ["report", "index"])
def test_hostile_text_is_shown_and_does_nothing(browser, hostile, kind):
    with opened(browser, hostile[kind]) as found:
        dialogs = []
        found.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        found.page.reload()
        assert found.page.locator("img").count() == 0
        assert found.page.locator("script").count() == 1
        handlers = "[...document.querySelectorAll('*')].filter((one) => one.onmouseover).length"
        assert found.page.evaluate(handlers) == 0
        assert (
            "onerror=alert(1)" in found.page.locator("h1, h3").first.inner_text() or kind == "index"
        )
        assert "onerror=alert(1)" in found.page.locator("body").inner_text()
        assert "49" not in found.page.title()
        assert (found.said, found.asked, dialogs) == ([], [], [])


def test_every_text_of_the_record_is_poisoned():
    report = poisoned(report_of("azure-lab"))
    assert EVIL in report.edges[0].services[0].lines[0].place
    assert EVIL in report.checklist[0].title
    assert EVIL in report.remarks[0].message
    assert EVIL in report.gauges[0].source
    assert EVIL in report.worries[0].text
