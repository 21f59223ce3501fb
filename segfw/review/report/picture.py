"""The picture of a deployment: where everything stands, in three columns.

Peers that call the gateway stand on the left, its interfaces in the middle, and what it
calls on the right. Every connection has a row of its own, so no two lines ever cross.
Lengths are in the units of the drawing's own view box.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segfw.review.report.model import Report
    from segfw.review.report.traffic import Edge, InterfaceView

PEER_WIDTH = 238
WIRE_WIDTH = 176
BLOCK_WIDTH = 292
WIDTH = 2 * (PEER_WIDTH + WIRE_WIDTH) + BLOCK_WIDTH
BLOCK_LEFT = PEER_WIDTH + WIRE_WIDTH
ROW = 31
"""From one connection to the next."""
PADDING = 12
GAP = 22
"""Between two interfaces."""
TOP = 34
"""Above the first interface, for the columns' headings."""
LINE = 19
"""From one line of text to the next."""
PEER_CHARACTERS = 33
"""As many fit into a peer's box in the widest common fonts."""
PORT_CHARACTERS = 24
ICMP = re.compile(r"type (\d+) code (\d+)")
THIN, THICKER, THICKEST = 1.6, 0.8, 6.0
"""How wide a line is with one service, per further one, and at most."""


class Wire(NamedTuple):
    """One connection, drawn from the left to the right."""

    edge: Edge
    peer: str
    """The peer's name, cut to fit."""
    ports: str
    """Its services, cut to fit."""
    box: int
    """Where the peer's box begins."""
    first: int
    last: int
    y: int
    width: float


class Block(NamedTuple):
    """One interface with its lines of text and connections."""

    interface: InterfaceView
    y: int
    height: int
    lines: tuple[tuple[str, str, int], ...]
    """Words, the id that they lead to (empty for none), and where they stand."""
    wires: tuple[Wire, ...]


class Picture(NamedTuple):
    """The whole drawing."""

    width: int
    height: int
    left: int
    """Where the interfaces begin."""
    block_width: int
    peer_width: int
    blocks: tuple[Block, ...]
    title: str
    says: str


def picture(report: Report) -> Picture:
    """Where everything in a report's drawing stands."""
    y = TOP
    blocks: list[Block] = []
    for interface in report.interfaces:
        held = [edge for edge in report.edges if edge.interface == interface.name]
        blocks.append(_block(interface, held, y))
        y += blocks[-1].height + GAP
    return Picture(
        width=WIDTH,
        height=max(y - GAP, TOP) + 4,
        left=BLOCK_LEFT,
        block_width=BLOCK_WIDTH,
        peer_width=PEER_WIDTH,
        blocks=tuple(blocks),
        title=f"Who may connect to whom: {report.stack}",
        says=(
            "Three columns: on the left who may call the gateway, in the middle its interfaces, "
            "on the right whom it may call. Each line is one connection and leads to its rules. "
            "The port matrix says the same as a table."
        ),
    )


def _block(interface: InterfaceView, held: Sequence[Edge], y: int) -> Block:
    inward = [edge for edge in held if edge.inward]
    outward = [edge for edge in held if not edge.inward]
    texts = _texts(interface)
    rows = max(len(inward), len(outward))
    height = max(rows * ROW, len(texts) * LINE + 8) + 2 * PADDING
    return Block(
        interface=interface,
        y=y,
        height=height,
        lines=tuple(
            (words, target, y + PADDING + 18 + index * LINE)
            for index, (words, target) in enumerate(texts)
        ),
        wires=(*_wires(inward, y), *_wires(outward, y)),
    )


def _texts(interface: InterfaceView) -> list[tuple[str, str]]:
    return [
        (interface.name, ""),
        (interface.roles, ""),
        (
            "the internet reaches it" if interface.external else "the internet does not reach it",
            "",
        ),
        *((subnet, "") for subnet in interface.subnets),
        *((words, anchor) for anchor, words in interface.points),
    ]


def _wires(edges: Sequence[Edge], y: int) -> tuple[Wire, ...]:
    """One under the other, from the top of the interface at *y*."""
    start = y + PADDING + ROW // 2
    return tuple(_wire(edge, start + index * ROW) for index, edge in enumerate(edges))


def _wire(edge: Edge, y: int) -> Wire:
    right = BLOCK_LEFT + BLOCK_WIDTH
    first, last = (PEER_WIDTH, BLOCK_LEFT) if edge.inward else (right, right + WIRE_WIDTH)
    return Wire(
        edge=edge,
        peer=cut(edge.far, PEER_CHARACTERS),
        ports=few_ports(edge.ports, PORT_CHARACTERS),
        box=0 if edge.inward else last,
        first=first,
        last=last,
        y=y,
        width=round(min(THIN + THICKER * (len(edge.services) - 1), THICKEST), 1),
    )


def few_ports(words: str, most: int) -> str:
    """As many ports as *most* characters hold, and how many more there are.

    An ICMP type with its code is ``icmp 3/4`` here.
    """
    short = ICMP.sub(r"\1/\2", words)
    if len(short) <= most:
        return short
    kept, *rest = re.split(r",\s*", short)
    while rest and len(f"{kept}, {rest[0]}") <= most - len(" +99"):
        kept = f"{kept}, {rest.pop(0)}"
    return f"{kept} +{len(rest)}" if rest else cut(kept, most)


def cut(text: str, most: int) -> str:
    """*text* with an ellipsis where it has more than *most* characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
