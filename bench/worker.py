"""`python -m bench.worker CONTENDER INPUT [--memory]`: one contender, once.

In a process of its own, so that nobody's garbage is collected in another's time. Prints
JSON: the processor time (or with --memory the peak that Python allocated) from the texts
in INPUT to the result, and a digest of the result. Nothing is imported that the contender
does not need, and the collector runs as Python has it by default.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PORTS = "82-83"
"""Where users reach their quarantine over HTTP and HTTPS, by default."""


def segfw() -> Callable[[list[str]], Any]:
    """This project's own."""
    from segfw.sets.addresses import collapse, parse_prefixes  # noqa: PLC0415

    return lambda texts: collapse(parse_prefixes(texts))


def standard_library() -> Callable[[list[str]], Any]:
    """`ipaddress` of the standard library."""
    from ipaddress import collapse_addresses, ip_network  # noqa: PLC0415

    return lambda texts: list(collapse_addresses(ip_network(text) for text in texts))  # type: ignore[type-var]


def netaddr() -> Callable[[list[str]], Any]:
    """`netaddr.cidr_merge`."""
    from netaddr import cidr_merge  # noqa: PLC0415

    return cidr_merge


def aerleon() -> Callable[[list[str]], Any]:
    """From a list to an access list of a router, as text."""
    from aerleon import api  # noqa: PLC0415
    from aerleon.lib import naming  # noqa: PLC0415

    term = {
        "name": "quarantine",
        "source-address": "USERS",
        "destination-port": "QUARANTINE",
        "protocol": "tcp",
        "action": "accept",
    }
    header = {"targets": {"cisco": "quarantine extended"}}
    policy = {"filename": "quarantine", "filters": [{"header": header, "terms": [term]}]}

    def rendered(texts: list[str]) -> list[str]:
        names = naming.Naming()
        names.ParseDefinitionsObject(
            {
                "networks": {"USERS": {"values": [{"address": text} for text in texts]}},
                "services": {"QUARANTINE": [{"protocol": "tcp", "port": PORTS}]},
            },
            "bench",
        )
        made = api.Generate([policy], names)
        return [line for text in made.values() for line in text.splitlines() if "permit" in line]

    return rendered


CONTENDERS: dict[str, Callable[[], Callable[[list[str]], Any]]] = {
    "segfw": segfw,
    "ipaddress": standard_library,
    "netaddr": netaddr,
    "aerleon": aerleon,
}


def main() -> None:
    """Read, run, print."""
    contender, source, *flags = sys.argv[1:]
    texts = Path(source).read_text("utf-8").split()
    run = CONTENDERS[contender]()
    run(texts[:10])
    if "--memory" in flags:
        tracemalloc.start()
        result = run(texts)
        figure = float(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    else:
        started = time.process_time()
        result = run(texts)
        figure = time.process_time() - started
    lines = "\n".join(sorted(str(one) for one in result))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    print(json.dumps({"figure": figure, "digest": digest, "left": len(result)}))


if __name__ == "__main__":
    main()
