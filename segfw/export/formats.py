"""The formats that a plan can be exported to, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.export.arm import arm
from segfw.export.cloudformation import cloudformation
from segfw.export.table import table
from segfw.export.terraform import terraform
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Callable

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan


class Format(NamedTuple):
    """How a plan is written in the words of one tool."""

    write: Callable[[Plan, Catalog], str]
    clouds: tuple[Cloud, ...]
    file: str
    """Where a stack goes in a folder of several; Terraform reads a folder as one program."""


FORMATS = {
    "terraform": Format(terraform, tuple(Cloud), "{stack}/main.tf.json"),
    "cloudformation": Format(cloudformation, (Cloud.AWS,), "{stack}.template.json"),
    "arm": Format(arm, (Cloud.AZURE,), "{stack}.arm.json"),
    "csv": Format(table, tuple(Cloud), "{stack}.csv"),
}
