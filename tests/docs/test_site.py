"""The site has every page once in its navigation, and what is wrong with a built one is named."""

from __future__ import annotations

import importlib.util
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from tests.docs.pages import ROOT, shown

DOCS = ROOT / "docs"
KINDS = ["Tutorial", "How to", "Explanation", "Reference", "Decisions"]
WHOLE = (
    '<html><body><a href="other.html#there">x</a><a href="https://example.org">y</a></body></html>'
)
OTHER = '<html><body><h2 id="there">There</h2><a href="#there">x</a></body></html>'


def module(name):
    """A Python file of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


CONF, BUILT = module("conf"), module("built")


def tables(text):
    """The tables of contents in *text*: captions with their pages."""
    found = re.findall(r"```\{toctree\}\n:hidden:\n:caption: (.+)\n\n((?:.+\n)+)```", text)
    return {caption: pages.split() for caption, pages in found}


def test_every_page_stands_once_in_the_navigation():
    index = (DOCS / "index.md").read_text("utf-8")
    listed = Counter(page for pages in tables(CONF.navigation(index)).values() for page in pages)
    pages = {
        path.relative_to(DOCS).with_suffix("").as_posix()
        for path in DOCS.rglob("*.md")
        if "_build" not in path.parts
    }

    assert [page for page, count in listed.items() if count > 1] == []
    assert pages - {"index"} - set(listed) == set()


def test_the_navigation_has_the_four_kinds_of_pages_and_the_decisions():
    captions = list(tables(CONF.navigation((DOCS / "index.md").read_text("utf-8"))))

    assert [kind for kind in KINDS if not any(c.startswith(kind) for c in captions)] == []
    assert [c for c in captions if not c.startswith(tuple(KINDS))] == []


def test_a_page_that_two_sections_name_stands_in_the_first():
    index = "# I\n\n[c](c.md)\n\n## One\n\n[a](a.md) [b](b.md)\n\n## Two\n\n[b](b.md) [x](x.json) [d](d.md)\n"

    assert tables(CONF.navigation(index)) == {"One": ["a", "b"], "Two": ["d"]}


@pytest.mark.parametrize(
    ("written", "on_the_site"),
    [
        ("[its README](../policy/README.md) says", "its README (`policy/README.md`) says"),
        ("[policy/README.md](../policy/README.md)", "policy/README.md"),
        ("[a page](proof.md#words)", "[a page](proof.md#words)"),
        ("[outside](https://example.org/a)", "[outside](https://example.org/a)"),
        ("[nowhere](../nowhere.md)", "[nowhere](../nowhere.md)"),
    ],
)
def test_a_file_outside_of_the_site_is_named_by_its_path(written, on_the_site):
    assert CONF.named_by_path("policy", written) == on_the_site


def test_the_version_of_the_site_is_the_distributions():
    text = (ROOT / "pyproject.toml").read_text("utf-8")

    assert re.search(r'^version = "(.+)"$', text, re.MULTILINE)[1] == CONF.release


def built(folder, **pages):
    for name, text in {"index": WHOLE, "other": OTHER, **pages}.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return BUILT.faults(folder)


def test_a_whole_site_has_no_faults(tmp_path):
    assert built(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://outside.example/a"></script>',
        '<img src="//outside.example/a">',
        '<link rel="stylesheet" href="https://outside.example/a">',
        '<link rel="preload" href="HTTPS://outside.example/a">',
        '<p style="background: url(https://outside.example/a)">',
        '<style>@import "https://outside.example/a";</style>',
        "<style>@font-face { src: url('https://outside.example/a') }</style>",
        '<iframe src="https://outside.example/a"></iframe>',
        '<object data="https://outside.example/a"></object>',
    ],
)
def test_a_request_to_the_outside_is_a_fault(text, tmp_path):
    (fault,) = built(tmp_path, page=text)

    assert re.fullmatch(
        r"page\.html: asks for (https:)?//outside\.example/a outside\.", fault, re.IGNORECASE
    )


def test_a_style_sheet_that_asks_outside_is_a_fault(tmp_path):
    (tmp_path / "a.css").write_text("body { background: url(https://outside.example/a) }", "utf-8")

    assert built(tmp_path) == ["a.css: asks for https://outside.example/a outside."]


@pytest.mark.parametrize(
    "link", ["gone.html", "other.html#gone", "#gone", "other.html#There", "../index.html"]
)
def test_a_link_that_leads_nowhere_is_a_fault(link, tmp_path):
    assert built(tmp_path, page=f'<a href="{link}">x</a>') == [f"page.html: {link} leads nowhere."]


def test_a_canonical_address_is_no_request(tmp_path):
    assert built(tmp_path, page='<link rel="canonical" href="https://example.org/a">') == []


def test_a_folder_without_pages_is_a_fault(tmp_path, capsys):
    assert BUILT.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"{tmp_path}: there is no page in it.\n"


@pytest.mark.parametrize("picture", sorted((DOCS / "pictures").glob("*.svg")), ids=shown)
def test_a_picture_has_a_title_no_script_and_nothing_from_outside(picture):
    root = ET.fromstring(picture.read_text("utf-8"))
    inside = picture.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")

    assert root.find("{http://www.w3.org/2000/svg}title").text.strip()
    assert "<script" not in inside
    assert "http" not in inside


def test_every_picture_is_shown_on_a_page():
    text = "".join(path.read_text("utf-8") for path in (*DOCS.glob("*.md"), ROOT / "README.md"))
    unused = [p.name for p in (DOCS / "pictures").iterdir() if f"pictures/{p.name}" not in text]

    assert unused == []
