"""What the AWS provider itself refuses in a plan, before any call."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

from sandbox.providers.errors import Failure
from sandbox.providers.values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASSES: Final = {4: ipaddress.IPv4Network, 6: ipaddress.IPv6Network}
_ANYWHERE_PORT: Final = 65535


def cidr_failures(path: str, cidr: Any, version: int) -> Iterator[Failure]:
    """A block with host bits, without a length or of the other family."""
    if cidr is None or cidr == UNKNOWN:
        return
    name = f'"{cidr}" is not a valid IPv{version} CIDR block'
    if "/" not in str(cidr):
        yield Failure(property=path, reason=f"{name}; a length is missing")
        return
    try:
        network = _CLASSES[version](cidr, strict=False)
    except ValueError:
        yield Failure(property=path, reason=name)
        return
    address = ipaddress.ip_interface(cidr).ip
    if address != network.network_address:
        yield Failure(property=path, reason=f'{name}; did you mean "{network}"?')


def port_failures(path: str, port: Any, first: int) -> Iterator[Failure]:
    """A port that is none."""
    if isinstance(port, int) and not first <= port <= _ANYWHERE_PORT:
        yield Failure(
            property=path, reason=f"value must be between {first} and {_ANYWHERE_PORT}, got: {port}"
        )
