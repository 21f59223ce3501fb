"""A headless Chromium that asks nobody for anything, and what a page did in it."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest

from segfw.cli.report.html import index_html, report_html
from segfw.review.report.across import compare
from tests.review.report.reporting import report_of
from tests.shipped import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@cache
def chromium() -> str | None:
    """Where a Chromium is: SEG_BROWSER, or one on PATH."""
    named = os.environ.get("SEG_BROWSER")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def needed() -> str:
    """The browser; skips without one, and fails where SEG_BROWSER_NEEDED says that it must be."""
    found = chromium()
    if found is None and os.environ.get("SEG_BROWSER_NEEDED") == "1":
        pytest.fail("no Chromium on PATH, and SEG_BROWSER_NEEDED=1: install one, as .ci/run does.")
    if found is None:
        pytest.skip("no Chromium: install one, or name it in SEG_BROWSER.")
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needed(), args=list(FLAGS))
        yield browser
        browser.close()


class Opened(NamedTuple):
    """A page with everything that went wrong on it and everything that it asked for."""

    page: Page
    said: list[str]
    asked: list[str]


@contextmanager
def opened(browser: Browser, path: Path, **how: object) -> Iterator[Opened]:
    """The page in a window of its own; what is no file is refused and written down."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []

    def only_files(route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", only_files)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    yield Opened(page, said, asked)
    context.close()


def write_pages(folder: Path) -> dict[str, Path]:
    """The page of every shipped stack, and the index, as a user gets them."""
    reports = [report_of(name) for name in SHIPPED]
    found: dict[str, Path] = {}
    for report in reports:
        found[report.stack] = folder / f"stack-{report.stack}.html"
        found[report.stack].write_text(report_html(report, index="index.html"), encoding="utf-8")
    found["index"] = folder / "index.html"
    across = compare(reports, [], page_of=lambda stack: f"stack-{stack}.html")
    found["index"].write_text(index_html(across), encoding="utf-8")
    return found


def write_large_pages(folder: Path) -> dict[str, Path]:
    """An index of a dozen stacks with long names, and a stack with twelve interfaces."""
    many = [
        report_of(SHIPPED[n % len(SHIPPED)])._replace(stack=f"azure-prod-southeastasia-{n:02}")
        for n in range(12)
    ]
    wide = report_of("azure-lab")
    held = tuple(wide.interfaces[0]._replace(name=f"management-int{n:02}") for n in range(12))
    rows = tuple(
        one._replace(cells={i.name: next(iter(one.cells.values())) for i in held})
        for one in wide.matrix
    )
    found = {"index of a dozen": folder / "index.html", "twelve interfaces": folder / "wide.html"}
    across = compare(many, [], page_of=lambda stack: f"stack-{stack}.html")
    found["index of a dozen"].write_text(index_html(across), encoding="utf-8")
    page = report_html(wide._replace(interfaces=held, matrix=rows))
    found["twelve interfaces"].write_text(page, encoding="utf-8")
    return found


def until(page: Page, expression: str, argument: object = None) -> bool:
    """Whether *expression* comes true within five seconds.

    Playwright's own way to wait evaluates text in the page, which the page's policy forbids.
    """
    for _ in range(100):
        if page.evaluate(expression, argument):
            return True
        page.wait_for_timeout(50)
    return False
