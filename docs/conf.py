"""How Sphinx makes the site of `docs/`: `make docs`.

The pages are Markdown that a code host shows as it is, so nothing in them is Sphinx's own: the
navigation is read from `index.md`, whose second-level headings become captions and whose links,
in their order, become entries.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
PAGE = re.compile(r"\]\(([\w./-]+)\.md\)")
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")

project = "seg-firewall"
copyright = "the authors of seg-firewall, under the Apache License 2.0"  # noqa: A001 - Sphinx's name
release = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]["version"]

extensions = ["myst_parser"]
exclude_patterns = ["_build", "_site", "ci"]
source_suffix = {".md": "markdown"}
root_doc = "index"
nitpicky = True
smartquotes = False  # what is copied from a page is what was written

# As a code host makes them, down to the smallest heading: `page.md#a-heading`.
myst_heading_anchors = 6
html_theme = "furo"
html_title = f"seg-firewall {release}"
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["_site"]
html_css_files = ["site.css"]
pygments_style = "default"
pygments_dark_style = "github-dark"

# Examples, and pages that answer nobody but a signed-in reader, are not asked by `make links`.
linkcheck_ignore = [r"https?://localhost", r"https?://127\.0\.0\.1"]
linkcheck_timeout = 20
linkcheck_workers = 4


def navigation(index: str) -> str:
    """The tables of contents that *index* implies: one for each section, hidden, with its links.

    A page that several sections name stands in the first.
    """
    seen: set[str] = set()
    tables: list[str] = []
    parts = SECTION.split(index)[1:]
    for caption, text in zip(parts[::2], parts[1::2], strict=True):
        pages = [page for page in dict.fromkeys(PAGE.findall(text)) if page not in seen]
        seen.update(pages)
        if pages:
            head = ["```{toctree}", ":hidden:", f":caption: {caption}", ""]
            tables += ["\n".join([*head, *pages, "```"])]
    return "\n\n".join(tables)


def named_by_path(page: str, text: str) -> str:
    """*text* of *page*, with files outside of this folder named by their path in the project.

    The site holds none of them, and nobody knows from here where the project is shown.
    """

    def told(link: re.Match[str]) -> str:
        words, target, _ = link.groups()
        there = (HERE / page).parent.joinpath(target).resolve()
        if ":" in target or there.is_relative_to(HERE) or not there.exists():
            return link[0]
        path = f"`{there.relative_to(HERE.parent).as_posix()}`"
        return words if path.strip("`") in words else f"{words} ({path})"

    return LINK.sub(told, text)


def prepare(_app: Sphinx, name: str, source: list[str]) -> None:
    """Makes a page of the site from a page of the folder."""
    source[0] = named_by_path(name, source[0])
    if name == root_doc:
        source[0] += "\n\n" + navigation(source[0]) + "\n"


def setup(app: Sphinx) -> dict[str, bool]:
    """Hooks the above in.

    A Mermaid drawing is shown as its text: drawing it would take a script that is asked for over
    the network. The pages' own drawings are pictures.
    """
    app.connect("source-read", prepare)
    app.add_lexer("mermaid", TextLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
