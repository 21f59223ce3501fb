"""Covers: few boxes (one port range x one prefix) that make up a header space.

`exact` never changes meaning. `superset` trades meaning for fewer boxes, adding little
and nothing that is forbidden.
"""

from segfw.cover.box import Box, excess, hull, union_space, weight
from segfw.cover.exact import exact

__all__ = ["Box", "exact", "excess", "hull", "union_space", "weight"]
