"""The report in a real browser: it renders, filters, prints, and asks nobody for anything."""

from __future__ import annotations

import re

import pytest

from tests.browser.browsing import opened, until
from tests.review.report.reporting import report_of
from tests.shipped import SHIPPED

PAGES = [*SHIPPED, "index"]
LARGE = ["index of a dozen", "twelve interfaces"]
PHONE = {"width": 390, "height": 844}
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"
ONE_OF_A_KIND = """() => {
  window.gone = [];
  const kind = (one) => one.outerHTML
    .replace(/>[^<]*</g, '><').replace(/ (?!class=)[a-z-]+="[^"]*"/g, '');
  for (const group of document.querySelectorAll('tbody, ul, section, svg')) {
    const seen = new Set();
    for (const one of [...group.children]) {
      if (!one.matches('tr, li, details, a.wire, .todo')) continue;
      if (!seen.has(kind(one))) { seen.add(kind(one)); continue; }
      window.gone.push([group, one, one.nextSibling]);
      one.remove();
    }
  }
}"""
"""Takes out rows that have the same elements and classes as one before: the checker needs a
quarter of a minute for all of a lab's, and says of each the same."""
PUT_BACK = """() => {
  for (const [group, one, next] of window.gone.reverse()) group.insertBefore(one, next);
}"""
IN_SIGHT = """() => {
  const box = document.querySelector(".drawing").getBoundingClientRect();
  return [...document.querySelectorAll("a.wire:not(.off)")]
    .map((one) => one.getBoundingClientRect())
    .some((one) => one.left >= box.left && one.right <= box.right);
}"""
"""Some line of the picture stands wholly within the box that it scrolls in."""
RUN = {
    "light": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "dark": {"type": "rule", "values": ["color-contrast"]},
}
"""In the dark only colours differ."""


@pytest.fixture(scope="module", params=[*PAGES, *LARGE])
def named(request, browser, pages):
    """A page by its name with every detail open, in a window that the tests of it share."""
    with opened(browser, pages[request.param]) as found:
        found.page.evaluate(OPEN_ALL)
        yield request.param, found


@pytest.fixture(scope="module")
def lab(browser, pages):
    """The widest page there is, in a window that the tests of this module share."""
    with opened(browser, pages["aws-lab"]) as found:
        yield found


@pytest.fixture
def fresh(lab):
    """The same window with every filter off and every detail closed."""
    lab.page.goto(lab.page.url.split("#")[0])
    lab.page.reload()
    return lab.page


def test_an_accessibility_checker_finds_nothing_with_every_detail_open(named):
    from axe_playwright_python.sync_playwright import Axe

    _, found = named
    found.page.evaluate(ONE_OF_A_KIND)
    try:
        assert found.page.locator("tbody tr").count() > 5
        for scheme, run in RUN.items():
            found.page.emulate_media(color_scheme=scheme)
            options = {"runOnly": run, "resultTypes": ["violations"]}
            result = Axe().run(found.page, options=options)
            assert [
                (scheme, one["id"], one["help"], [node["html"][:200] for node in one["nodes"][:3]])
                for one in result.response["violations"]
            ] == []
    finally:
        found.page.emulate_media(color_scheme="light")
        found.page.evaluate(PUT_BACK)
    assert (found.said, found.asked) == ([], [])


def test_no_page_scrolls_sideways_on_a_phone(named):
    _, found = named
    found.page.set_viewport_size(PHONE)
    assert found.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_nothing_is_cut_off_on_paper(named):
    name, found = named
    paper = (
        1018 if name.startswith("index") else 688
    )  # A4 across or upright at 96 dpi, less the margins
    found.page.set_viewport_size({"width": paper, "height": 900})
    found.page.emulate_media(media="print")
    try:
        assert found.page.evaluate("document.documentElement.scrollWidth") <= paper
    finally:
        found.page.emulate_media(media="screen")


@pytest.mark.parametrize("width", [390, 1280])
def test_what_a_filter_leaves_of_the_picture_is_in_sight(fresh, width):
    size = fresh.viewport_size
    fresh.set_viewport_size({"width": width, "height": 844})
    try:
        for name, value in (
            ("direction", "out"),
            ("direction", "in"),
            ("direction", ""),
            ("reach", "to-anywhere"),
            ("reach", "from-internet"),
        ):
            fresh.select_option(f"#filters [name={name}]", value)
            assert fresh.evaluate(IN_SIGHT), value
        fresh.click("#filters button")
        assert until(fresh, "!document.querySelector('.off')")
        assert fresh.evaluate(IN_SIGHT)
    finally:
        fresh.set_viewport_size(size)


def shown(page, selector):
    return page.evaluate(
        "(selector) => [...document.querySelectorAll(selector)]"
        ".filter((one) => one.getClientRects().length).length",
        selector,
    )


@pytest.mark.parametrize(
    ("name", "value", "of_edge"),
    [
        ("feature", "ssh-admin", lambda edge: "ssh-admin" in edge.features),
        ("feature", "custom metrics-push", lambda edge: "custom metrics-push" in edge.features),
        ("interface", "public", lambda edge: edge.interface == "public"),
        ("reach", "from-internet", lambda edge: edge.reach == "from-internet"),
        ("direction", "in", lambda edge: edge.inward),
    ],
)
def test_a_filter_shows_what_it_says_and_nothing_else(fresh, name, value, of_edge):
    edges = report_of("aws-lab").edges
    wanted = sorted(edge.id for edge in edges if of_edge(edge))
    assert 0 < len(wanted) < len(edges)
    fresh.select_option(f"#filters [name={name}]", value)
    for selector, key in (("details.edge", "id"), ("a.wire", "href")):
        found = fresh.evaluate(
            "([selector, key]) => [...document.querySelectorAll(selector)]"
            ".filter((one) => one.getClientRects().length).map((one) => one.getAttribute(key))",
            [selector, key],
        )
        assert sorted(one.removeprefix("#") for one in found) == wanted
    words = f"{len(wanted)} of {len(edges)} connections are shown."
    assert fresh.text_content("#filters output") == words


def test_filters_together_show_what_all_of_them_do_and_show_all_undoes_them(fresh):
    edges = report_of("aws-lab").edges
    fresh.select_option("#filters [name=interface]", "management")
    fresh.select_option("#filters [name=direction]", "in")
    both = [one for one in edges if one.interface == "management" and one.inward]
    assert shown(fresh, "details.edge") == len(both)
    fresh.click("#filters button")
    assert until(fresh, "!document.querySelector('.off')")
    assert shown(fresh, "details.edge") == shown(fresh, "a.wire") == len(edges)


def test_a_line_of_the_picture_opens_its_rules_by_click_and_by_enter(fresh):
    edge = next(one for one in report_of("aws-lab").edges if one.peer == "admins")
    fresh.click(f'a.wire[href="#{edge.id}"] rect')
    details = fresh.locator(f'[id="{edge.id}"]')
    assert details.evaluate("(one) => one.open")
    assert "config/shared/lab.yaml" in details.inner_text()
    other = next(one for one in report_of("aws-lab").edges if one.peer == "api-clients")
    fresh.focus(f'a.wire[href="#{other.id}"]')
    fresh.keyboard.press("Enter")
    assert until(fresh, "(id) => document.getElementById(id).open", other.id)
    assert fresh.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_rule_is_reached_from_its_connection_in_a_closed_table(fresh):
    edge = next(one for one in report_of("aws-lab").edges if one.peer == "admins")
    link = edge.rules[0]
    fresh.goto(fresh.url.split("#")[0] + f"#{edge.id}")
    fresh.click(f'[id="{edge.id}"] a[href="#{link.anchor}"]')
    assert fresh.locator(f'[id="{link.anchor}"]').is_visible()


def test_a_link_shows_what_a_filter_hides(fresh):
    edge = next(one for one in report_of("aws-lab").edges if one.peer == "admins")
    fresh.select_option("#filters [name=interface]", "public")
    fresh.evaluate("(id) => { location.hash = id }", edge.id)
    assert until(fresh, "(id) => document.getElementById(id).open", edge.id)
    assert fresh.locator(f'[id="{edge.id}"]').is_visible()


def test_every_control_is_reached_by_the_keyboard_and_shows_that_it_is(fresh):
    wanted = fresh.evaluate(
        "[...document.querySelectorAll('a[href], button, select, summary')]"
        ".filter((one) => one.checkVisibility()).length"
    )
    seen = fresh.evaluate("document.body.focus()") or set()
    unseen = []
    for _ in range(wanted + 60):
        fresh.keyboard.press("Tab")
        at = fresh.evaluate(
            """() => {
              const one = document.activeElement;
              if (one === document.body) return null;
              const all = [...document.querySelectorAll('a[href], button, select, summary')];
              const mark = getComputedStyle(one).outlineStyle !== 'none' ||
                getComputedStyle(one.querySelector('rect') || one).strokeWidth === '3.2px';
              return [all.indexOf(one), mark];
            }"""
        )
        if at is None:
            break
        index, marked = at
        if index >= 0:
            seen.add(index)
        if not marked:
            unseen.append(fresh.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert unseen == []
    assert len(seen) == wanted


def test_without_script_everything_is_there_and_details_still_open(browser, pages):
    with opened(browser, pages["aws-prod-us-east-1"], java_script_enabled=False) as found:
        page = found.page
        assert not page.locator("#filters").is_visible()
        assert page.locator(".copy button").count() == 0
        report = report_of("aws-prod-us-east-1")
        assert page.locator("a.wire").count() == len(report.edges)
        edge = page.locator("details.edge").first
        edge.locator("summary").click()
        assert edge.locator("table").is_visible()


def test_print_shows_what_is_folded_and_what_is_filtered_away(fresh):
    rule = report_of("aws-lab").points[0].rules[0].anchor
    fresh.select_option("#filters [name=feature]", "ssh-admin")
    assert not fresh.locator(f'[id="{rule}"]').is_visible()
    fresh.emulate_media(media="print")
    try:
        assert fresh.locator(f'[id="{rule}"]').bounding_box()["height"] > 0
        edges = report_of("aws-lab").edges
        assert shown(fresh, "details.edge table") == len(edges)
        assert not fresh.locator("#filters").is_visible()
    finally:
        fresh.emulate_media(media="screen")


def test_commands_are_copied_without_a_network(fresh):
    fresh.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box = fresh.locator(".copy").first
    box.locator("button").click()
    box.get_by_text("Copied").wait_for()
    commands = report_of("aws-lab").checklist[0].commands
    assert len(commands) > 1
    assert fresh.evaluate("navigator.clipboard.readText()") == "\n".join(commands)


def test_the_index_leads_to_every_page_and_back(browser, pages):
    with opened(browser, pages["index"]) as found:
        for name in SHIPPED:
            found.page.click(f'a[href="stack-{name}.html"]')
            assert found.page.text_content("h1").startswith(name)
            found.page.click("text=All stacks")
        assert re.search("All stacks", found.page.title())
        assert (found.said, found.asked) == ([], [])
