"""The far end of a question: an address, a prefix, or a name of the stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segfw.flow import Peer
from segfw.review.explain.hints import everyone_hint, host_hint
from segfw.sets.addresses import PrefixError, parse_prefix
from segfw.settings.words import ended, unknown

if TYPE_CHECKING:
    from segfw.review.explain.names import Names

NUMERIC = re.compile(r"[0-9.]+(/.*)?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*([/%].*)?", re.ASCII)
"""What can only be meant as an address."""
LENGTHS = {False: 32, True: 128}


def far_end(text: str, names: Names, faults: list[str]) -> Peer | None:
    """The far end that *text* means; None with the mistake noted."""
    if not text:
        faults.append("it says no far end; write an address, a prefix or the name of a network.")
        return None
    if text in names.peers:
        return names.peers[text]
    if NUMERIC.fullmatch(text):
        return _address(text, faults)
    if "/" in text or ":" in text:
        faults.append(f'"{text}" is no address, no prefix and no name of a network.')
        return None
    known = host_hint(text, names)
    if known:
        faults.append(f'host "{text}": {known}')
        return None
    everyone = everyone_hint(text)
    if everyone:
        faults.append(ended(f'network "{text}": no such network in this stack; {everyone}'))
        return None
    spoken = sorted(names.peers)
    faults.append(f'network "{text}": ' + unknown("network in this stack", text, spoken))
    return None


def _address(text: str, faults: list[str]) -> Peer | None:
    whole = text if "/" in text else f"{text}/{LENGTHS[':' in text]}"
    try:
        prefix = parse_prefix(whole)
    except PrefixError as error:
        said = str(error).replace(f'"{whole}"', f'"{text}"')
        if whole != text:
            said = said.replace(" with a length, such as 10.0.0.0/24", "")
        faults.append(ended(said))
        return None
    except ValueError:  # an IPv4 address with a leading zero, which the short way refuses too
        faults.append(f'"{text}" is no address.')
        return None
    name = str(prefix) if "/" in text else str(prefix).rpartition("/")[0]
    return Peer(name, (prefix,))
