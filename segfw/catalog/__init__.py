"""What Cisco says about the gateway's network: rows, features, hosts, sources, checklist.

The data is written in the YAML files beside this one; ``python -m segfw.catalog`` checks
them and makes ``catalog.json``, which is all that is read when rules are made.
"""

from segfw.catalog.loader import catalog_from, load_catalog
from segfw.catalog.model import (
    Catalog,
    ChecklistItem,
    Correction,
    Direction,
    Exposure,
    Feature,
    FeatureFlow,
    Host,
    Option,
    OptionKind,
    PeerKind,
    Protocol,
    Published,
    Role,
    Row,
    Source,
)

__all__ = [
    "Catalog",
    "ChecklistItem",
    "Correction",
    "Direction",
    "Exposure",
    "Feature",
    "FeatureFlow",
    "Host",
    "Option",
    "OptionKind",
    "PeerKind",
    "Protocol",
    "Published",
    "Role",
    "Row",
    "Source",
    "catalog_from",
    "load_catalog",
]
