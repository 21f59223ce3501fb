"""How Terraform's JSON syntax spells blocks, literal text and references."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segfw.clouds.resource import Json


class Block(NamedTuple):
    """One ``resource`` block."""

    kind: str
    label: str
    body: dict[str, Json]

    @property
    def address(self) -> str:
        """``aws_security_group.data``."""
        return f"{self.kind}.{self.label}"


class Words(NamedTuple):
    """What stands for ids that only a deployment knows."""

    elsewhere: Mapping[str, str]
    """By the plan's spelling, the expression of its variable."""

    def id(self, text: str) -> str:
        """The variable in the place of an id from elsewhere, or the id itself."""
        return self.elsewhere.get(text) or self.literal(text)

    def literal(self, text: str) -> str:
        """Text that stays as it is: every string of the syntax is a template."""
        return text.replace("${", "$${").replace("%{", "%%{")

    def tags(self, tags: Mapping[str, str]) -> dict[str, Json]:
        """Tags as they are, in order."""
        return {self.literal(key): self.literal(tags[key]) for key in sorted(tags)}
