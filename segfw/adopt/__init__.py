"""What a cloud has already, against a stack: why each rule is there, and how to take it over."""

from __future__ import annotations

from segfw.adopt.adoption import Adoption, adopt

__all__ = ["Adoption", "adopt"]
