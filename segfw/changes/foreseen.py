"""The state that an update to a plan would leave: a plan as the old side of a comparison."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from segfw.changes.inventory import ids_of
from segfw.changes.site import PROVIDERS, WORDS
from segfw.clouds.resource import id_of
from segfw.inventory import COMPONENTS, FIREWALL
from segfw.plan import PREFIX_LISTS
from segfw.planned import recorded
from segfw.settings.types import Cloud, StackOutput
from segfw.state import Deployed, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segfw.catalog.model import Catalog
    from segfw.plan import Plan

PROJECT = "seg-firewall"
"""The project of the program that this repository ships."""
PACKAGES = {Cloud.AWS: "aws", Cloud.AZURE: "azure-native"}


def nothing_deployed(file: str) -> State:
    """The state of a stack that was never brought up."""
    return State(file=file, stack="", project="", resources=(), pending=(), outputs={})


def state_after(plan: Plan, catalog: Catalog, file: str, accounts: tuple[str, ...] = ()) -> State:
    """What is deployed once an update to *plan* is done; *file* is its name for messages.

    Ids that only the cloud gives are the plan's own stand-ins for them. *accounts* are those
    that the stack file names.
    """
    outputs = {(one.stack, one.output): str(one) for one in _outputs(plan)}
    return State(
        file=file,
        stack=plan.settings.stack,
        project=PROJECT,
        resources=tuple(_resources(plan, catalog, accounts)),
        pending=(),
        outputs=outputs,
    )


def _outputs(plan: Plan) -> Iterator[StackOutput]:
    return (one for one in ids_of(plan.settings) if isinstance(one, StackOutput))


def _resources(plan: Plan, catalog: Catalog, accounts: tuple[str, ...]) -> Iterator[Deployed]:
    stack = plan.settings.stack
    yield _provider(plan, accounts)
    firewall = _deployed(stack, (FIREWALL,), stack, "", recorded(plan, catalog))
    yield firewall
    for key, specs in plan.specs.items():
        types, parent = (FIREWALL,), firewall.urn
        if key != PREFIX_LISTS:
            point, interface = key.split("/", 1)
            types = (FIREWALL, COMPONENTS[point])
            component = _deployed(stack, types, interface, parent, {})
            parent = component.urn
            yield component
        for spec in specs:
            one = _deployed(stack, (*types, spec.token), spec.name, parent, spec.inputs())
            yield one._replace(id=id_of(spec.name))


def _provider(plan: Plan, accounts: tuple[str, ...]) -> Deployed:
    """The default provider, by which a comparison knows region and account."""
    settings = plan.settings
    aws = settings.cloud is Cloud.AWS
    where: dict[str, Any] = {"region" if aws else "location": settings.region}
    if accounts and aws:
        where["allowedAccountIds"] = json.dumps(accounts)
    elif accounts:
        where["subscriptionId"] = accounts[0]
    token = PROVIDERS + PACKAGES[settings.cloud]
    return _deployed(settings.stack, (token,), WORDS[settings.cloud].region_key, "", where)


def _deployed(
    stack: str, types: tuple[str, ...], name: str, parent: str, inputs: Mapping[str, Any]
) -> Deployed:
    return Deployed(
        urn=f"urn:pulumi:{stack}::{PROJECT}::{'$'.join(types)}::{name}",
        type=types[-1],
        name=name,
        id="",
        parent=parent,
        inputs=inputs,
        depends={},
        all_tags={},
        protected=False,
        leaving=False,
        external=False,
        tainted=False,
        provider="",
        arn="",
    )
