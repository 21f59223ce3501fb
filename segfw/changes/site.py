"""Where the firewall is: its region and account, as the state says and as the stack file does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from segfw.problems import Place, Problem, ProblemsFound
from segfw.settings.types import Cloud

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from segfw.plan import Plan
    from segfw.settings.types import Settings
    from segfw.state import Deployed, State

PROVIDERS = "pulumi:providers:"
ARN_PARTS = 6
"""``arn:aws:ec2:us-east-1:111122223333:security-group/sg-1``."""
SUBSCRIPTIONS = "/subscriptions/"


class Words(NamedTuple):
    """What a cloud calls them."""

    region: str
    region_key: str
    account: str
    account_key: str


WORDS = {
    Cloud.AWS: Words("region", "aws:region", "account", "aws:allowedAccountIds"),
    Cloud.AZURE: Words(
        "location", "azure-native:location", "subscription", "azure-native:subscriptionId"
    ),
}


class Site(NamedTuple):
    """Regions and accounts that a state names; none where it says nothing of them."""

    regions: tuple[str, ...]
    accounts: tuple[tuple[str, ...], ...]
    """Each is one account, or those that a provider may change, of which it is one."""


def deployed_site(state: State, urns: Collection[str]) -> Site:
    """Where the resources of *urns* are: by what the cloud gave them, else by their provider."""
    providers = [one for one in state.resources if one.type.startswith(PROVIDERS)]
    sites = [_site_of(one, _provider(one, providers)) for one in state.resources if one.urn in urns]
    return Site(
        tuple(sorted({region for region, _ in sites if region})),
        tuple(sorted({accounts for _, accounts in sites if accounts})),
    )


def _provider(one: Deployed, providers: Iterable[Deployed]) -> Deployed | None:
    """The provider that a resource names; else the only one of its package."""
    package = PROVIDERS + one.type.partition(":")[0]
    own = [each for each in providers if each.type == package]
    named = [each for each in own if f"{each.urn}::{each.id}" == one.provider]
    if named:
        return named[0]
    return own[0] if len(own) == 1 and not one.provider else None


def _site_of(one: Deployed, provider: Deployed | None) -> tuple[str, tuple[str, ...]]:
    """The region, empty where it is not known, and the accounts of which it is in one."""
    configured: Mapping[str, Any] = provider.inputs if provider is not None else {}
    arn = one.arn.split(":", ARN_PARTS - 1)
    _, _, _, region, account, _ = arn if len(arn) == ARN_PARTS else [""] * ARN_PARTS
    subscription = _subscription(one.id)
    for inputs in (one.inputs, configured):
        for key in ("region", "location"):
            region = region or _text(inputs.get(key))
    known = (
        [account or subscription or _text(configured.get("subscriptionId"))],
        _listed(configured.get("allowedAccountIds")),
    )
    return region, next((tuple(sorted(held)) for held in known if any(held)), ())


def _subscription(id_: str) -> str:
    """``/subscriptions/{subscription}/resourceGroups/…``."""
    return (
        id_.removeprefix(SUBSCRIPTIONS).partition("/")[0] if id_.startswith(SUBSCRIPTIONS) else ""
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _listed(value: Any) -> list[str]:
    """A list of texts; a default provider has its config as JSON text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    held = cast("list[object]", value) if isinstance(value, list) else []
    return [one for one in held if isinstance(one, str)]


def check_site(plan: Plan, site: Site, accounts: Collection[str], file: str) -> None:
    """The stack file is for where the firewall is; *accounts* are those that it names.

    What only one side says is not compared.

    Raises:
        ProblemsFound: it is for another region or account.
    """
    problems = [
        Problem(Place(file, 0), "", message)
        for message in _elsewhere(plan.settings, site, accounts)
    ]
    if problems:
        raise ProblemsFound(problems)


def _elsewhere(settings: Settings, site: Site, accounts: Collection[str]) -> Iterator[str]:
    words = WORDS[settings.cloud]
    wanted = settings.region
    if wanted is not None:
        others = [one for one in site.regions if _folded(one) != _folded(wanted)]
        if others:
            yield _moved(settings, words.region, words.region_key, others, [wanted])
    held = {_folded(one) for one in accounts}
    others = sorted(
        {one for some in site.accounts if held.isdisjoint(map(_folded, some)) for one in some}
    )
    if held and others:
        yield _moved(settings, words.account, words.account_key, others, accounts)


def _folded(name: str) -> str:
    """Azure writes ``West Europe`` and ``westeurope`` for one place."""
    return name.replace(" ", "").casefold()


def _moved(
    settings: Settings, word: str, key: str, old: Collection[str], new: Collection[str]
) -> str:
    was, will_be = (", ".join(f'"{one}"' for one in held) for held in (old, new))
    return (
        f"a firewall in {word} {was} is deployed, and {key} of stack "
        f'"{settings.stack}" is {will_be}; no update moves it without loss: keep {was} here, make '
        f"a new stack for {will_be}, move the traffic to it, then destroy this one."
    )


def site_words(cloud: Cloud, site: Site) -> str:
    """``region us-east-1, account 111122223333``."""
    words = WORDS[cloud]
    regions = ", ".join(site.regions)
    accounts = ", ".join(dict.fromkeys(one for some in site.accounts for one in some))
    return (
        f"{words.region} {regions or 'not in the state'}, "
        f"{words.account} {accounts or 'not in the state'}"
    )
