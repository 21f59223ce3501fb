"""Regions whose name is a slip: of the other cloud, or a letter away from one that could be."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from segfw.catalog.queries import jurisdiction
from segfw.settings.types import Cloud
from segfw.settings.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.catalog.model import Catalog

SIDES = ("north", "south")
ENDS = ("east", "west")
COMPASS = ("central", *SIDES, *ENDS, *(side + end for side, end in product(SIDES, ENDS)))
"""What stands before the number of each region of AWS, be it one of tomorrow (``eu-central-1``):
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html."""
QUARTERS = (*COMPASS, *(f"{side}central" for side in (*SIDES, *ENDS)))
"""What follows the country in most locations of Azure (``germanywestcentral``):
https://learn.microsoft.com/azure/reliability/regions-list. Some have another word there."""
STATES = "usgov"
"""Before the locations of Azure that are named after a state (``usgovtexas``)."""
AWS_REGION = re.compile(r"(.+-)([a-z]+)(-[1-9])")
NUMBERED = re.compile(r"([a-z]*?)([1-9]?)")


def strange_region(cloud: str, region: str, catalog: Catalog) -> str | None:
    """What is odd about *region*: it is the other cloud's, or near to one that could exist.

    None for one that is only unknown: clouds open regions more often than catalogs are made.
    """
    azure = cloud == Cloud.AZURE.value
    name = region.replace(" ", "").lower()
    if jurisdiction(catalog, name) is None:
        known = [start for start in catalog.jurisdictions if ("-" in start) is not azure]
        return _said(cloud, region, did_you_mean(name, known) if azure else "")
    if ("-" in name) is azure:
        owner = Cloud.AWS if azure else Cloud.AZURE
        return f'"{region}" is a region of {owner.value}, and this stack\'s cloud is {cloud}.'
    near = _azure_slip(name, catalog) if azure else _aws_slip(name)
    return _said(cloud, region, near)


def _said(cloud: str, region: str, hint: str) -> str | None:
    return f'the catalog knows no region "{region}" of {cloud}; {hint}?' if hint else None


def _aws_slip(name: str) -> str:
    """``eu-cental-1``: the word before the number is nearly one of the compass."""
    found = AWS_REGION.fullmatch(name)
    if found is None:
        return ""
    return _nearest(name, found[2], {word: f"{found[1]}{word}{found[3]}" for word in COMPASS})


def _azure_slip(name: str, catalog: Catalog) -> str:
    """``ukwst``: what follows a country is nearly a word of the compass."""
    start = max((one for one in catalog.jurisdictions if name.startswith(one)), key=len)
    found = NUMBERED.fullmatch(name.removeprefix(start))
    if found is None or not found[1] or start == STATES:
        return ""
    return _nearest(name, found[1], {word: f"{start}{word}{found[2]}" for word in QUARTERS})


def _nearest(name: str, said: str, regions: Mapping[str, str]) -> str:
    """The region by the word that is meant; nothing where *said* is one, or near to none."""
    near = said not in regions and did_you_mean(said, regions)
    return did_you_mean(name, regions.values()) if near else ""
