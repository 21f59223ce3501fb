"""What is wrong with the built site: `python docs/built.py docs/_build/html`.

A reader needs no network to read it, so no page may ask for anything outside; and every link
inside leads to a file, and to the place in it that it names.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
ASKED_BY_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""", re.IGNORECASE)
FETCHED = ("src", "srcset", "poster", "data")
"""Attributes whose target a browser fetches by itself; `href` only of a `link`."""
METADATA = {"canonical", "index", "search", "next", "prev", "author"}
"""Relations of a `link` that no browser fetches."""


class Page(NamedTuple):
    """What one page asks for, links to, and can be linked at."""

    fetched: tuple[str, ...]
    links: tuple[str, ...]
    places: frozenset[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._style = tag == "style"
        self.places.update(given[name] for name in ("id", "name") if name in given)
        self.fetched += [given[name] for name in FETCHED if name in given]
        self.fetched += ASKED_BY_STYLE.findall(given.get("style", ""))
        if tag == "link" and not METADATA & set(given.get("rel", "").split()):
            self.fetched.append(given.get("href", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])

    def handle_data(self, data: str) -> None:
        if self._style:
            self.fetched += ASKED_BY_STYLE.findall(data)

    def handle_endtag(self, tag: str) -> None:
        self._style = self._style and tag != "style"


def page_of(text: str) -> Page:
    """What the HTML *text* asks for and offers."""
    reader = _Reader()
    reader.feed(text)
    return Page(tuple(reader.fetched), tuple(reader.links), frozenset(reader.places))


def faults(folder: Path) -> list[str]:
    """A line for each request that would leave *folder*, and for each link that leads nowhere."""
    pages = {path: page_of(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))}
    found = [f"{folder}: there is no page in it."] if not pages else []
    for path, page in pages.items():
        name = path.relative_to(folder)
        found += _outside(name, page.fetched)
        found += [
            f"{name}: {link} leads nowhere." for link in page.links if not _leads(path, link, pages)
        ]
    for path in sorted(folder.rglob("*.css")):
        asked = ASKED_BY_STYLE.findall(path.read_text("utf-8"))
        found += _outside(path.relative_to(folder), asked)
    return found


def _outside(name: Path, asked: Iterable[str]) -> list[str]:
    return [f"{name}: asks for {target} outside." for target in asked if OUTSIDE.match(target)]


def _leads(page: Path, link: str, pages: dict[Path, Page]) -> bool:
    """Whether a link inside the site has its file, and in a page its place."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if there not in pages:
        return there.is_file()
    place = unquote(parts.fragment)
    return not place or place in pages[there].places


def main(words: list[str]) -> int:
    """1 where something is wrong with the site in the folder that *words* name, with each line."""
    found = faults(Path(words[0]).resolve())
    sys.stderr.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
