"""A report as one HTML file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from segfw.guardrails.guardrail import on_one_line
from segfw.review.report.picture import picture

if TYPE_CHECKING:
    from segfw.review.report.across import Across
    from segfw.review.report.model import Report

TEMPLATES = Path(__file__).with_name("templates")


def report_html(report: Report, *, index: str | None = None) -> str:
    """The page of one stack; *index* is where the page over all stacks is, if there is one."""
    return _page("report.html", report=report, picture=picture(report), index=index)


def index_html(across: Across) -> str:
    """The page over all stacks."""
    return _page("index.html", across=across)


def _page(template: str, **values: Any) -> str:
    style, script = (_asset(name) for name in ("style.css", "script.js"))
    made = _environment().get_template(template)
    return made.render(style=style, script=script, policy=_policy(style, script), **values)


@cache
def _environment() -> Environment:
    """Everything is escaped; a name that is not there is a mistake of ours and stops."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )


def _printable(value: object) -> object:
    """Text without characters that do not print: they could turn a line around for its reader."""
    if type(value) is str and not value.isprintable():
        return on_one_line(value)
    return value


@cache
def _asset(name: str) -> Markup:
    """A file of ours, as it stands: nothing of a stack is in it."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy: this style and this script, and nothing else from anywhere."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    held = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(held).decode()}"
