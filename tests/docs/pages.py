"""The Markdown pages of the project, their headings, links and code blocks."""

import re
from dataclasses import dataclass
from pathlib import Path

from segfw.cli.reference.markdown import anchor

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(\s*)```(\w*)\s*$")
HEADING = re.compile(r"^#{1,6} (.+)$")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`]*`")


def pages():
    """README and the like, and everything under docs/."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def shown(path):
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int


def blocks(path):
    """The fenced code blocks of a page, without the indentation of a list that they stand in."""
    found, inside, language, start, indent = [], None, "", 0, ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        fence = FENCE.match(line)
        if fence and inside is None:
            inside, language, start, indent = [], fence[2], number, fence[1]
        elif fence:
            found.append(Block(language, "\n".join(inside), start))
            inside = None
        elif inside is not None:
            inside.append(line.removeprefix(indent))
    assert inside is None, f"{shown(path)}: a code block does not end"
    return found


def prose_lines(path):
    """The lines outside of code blocks, with their numbers."""
    outside, found = True, []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if FENCE.match(line):
            outside = not outside
        elif outside:
            found.append((number, line))
    return found


def anchors(path):
    """Every fragment that leads somewhere in the page, repeated headings numbered."""
    seen, found = {}, set()
    for _, line in prose_lines(path):
        heading = HEADING.match(line)
        if heading:
            name = anchor(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]))
            count = seen.get(name, 0)
            seen[name] = count + 1
            found.add(name if count == 0 else f"{name}-{count}")
    return found


def links(path):
    """Targets of links outside of code, with their lines."""
    return [
        (number, target)
        for number, line in prose_lines(path)
        for target in LINK.findall(CODE.sub(lambda m: "x" * len(m[0]), line))
    ]
