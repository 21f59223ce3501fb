"""A plan as Terraform in JSON syntax, for the providers `aws` and `azurerm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.export.names import label
from segfw.export.points import (
    described,
    edited_in_place,
    from_elsewhere,
    json_text,
    owned_alone,
    provenance,
)
from segfw.export.terraform_aws import aws_blocks
from segfw.export.terraform_azure import LOCATION, azure_blocks
from segfw.export.terraform_words import Block, Words
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segfw.catalog.model import Catalog
    from segfw.clouds.resource import Json
    from segfw.plan import Plan

PROVIDERS = {
    Cloud.AWS: ("aws", {"source": "hashicorp/aws", "version": ">= 5.0"}),
    Cloud.AZURE: ("azurerm", {"source": "hashicorp/azurerm", "version": ">= 3.0"}),
}
"""The first major versions that know every resource and argument that is written."""
EXCLUSIVE = (
    "Sole ownership of the rules of {groups}: aws_vpc_security_group_rules_exclusive is new in "
    "provider 6.29, and rules that others add are not removed without it."
)


def terraform(plan: Plan, catalog: Catalog) -> str:
    """The stack as one ``*.tf.json``: a root module, with a variable for each id from elsewhere."""
    settings = plan.settings
    elsewhere = from_elsewhere(plan)
    words = Words({text: f"${{var.{label(text)}}}" for text in elsewhere})
    on_aws = settings.cloud is Cloud.AWS
    name, required = PROVIDERS[settings.cloud]
    variables: dict[str, Json] = {
        label(text): {"type": "string", "description": words.literal(described(id_))}
        for text, id_ in elsewhere.items()
    }
    if not on_aws and settings.region is None:
        variables[LOCATION] = {"type": "string", "description": "Location of the groups"}
    document: dict[str, Json] = {
        "//": {**provenance(plan, catalog), "notSaid": list(_not_said(plan))},
        "terraform": {"required_providers": {name: {**required}}},
        "provider": {name: _provider(plan)},
    }
    if variables:
        document["variable"] = variables
    blocks = (aws_blocks if on_aws else azure_blocks)(plan, catalog, words)
    return json_text({**document, "resource": _by_kind(blocks)})


def _provider(plan: Plan) -> dict[str, Json]:
    if plan.settings.cloud is Cloud.AZURE:
        return {"features": {}}
    return {"region": plan.settings.region} if plan.settings.region else {}


def _not_said(plan: Plan) -> Iterable[str]:
    groups = owned_alone(plan)
    if groups:
        yield EXCLUSIVE.format(groups=", ".join(groups))
    yield from edited_in_place(plan)


def _by_kind(blocks: Iterable[Block]) -> dict[str, Json]:
    found: dict[str, dict[str, Json]] = {}
    for block in sorted(blocks, key=lambda each: (each.kind, each.label)):
        found.setdefault(block.kind, {})[block.label] = block.body
    return {**found}
