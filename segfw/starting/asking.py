"""What a new stack still has to be told, as questions; the answers are flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segfw.catalog.model import Role
from segfw.catalog.queries import jurisdiction
from segfw.settings.types import Cloud, Environment
from segfw.settings.words import quoted_list
from segfw.starting.answers import NONE
from segfw.starting.flags import REACHES
from segfw.starting.given import FLAGS
from segfw.starting.usual import OFTEN_ADDED, USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segfw.catalog.model import Catalog
    from segfw.problems import Problem
    from segfw.starting.draft import Draft
    from segfw.starting.given import Given

CISCO_REGION = {
    "us": "americas",
    "ca": "americas",
    "mx": "americas",
    "br": "americas",
    "cl": "americas",
    "eu": "europe",
    "gb": "europe",
    "ch": "europe",
    "apjc": "apjc",
}
"""The nearest Cisco region of a jurisdiction; where none is said, somebody has to choose."""
LISTED = "`segfw features` lists all"


class Question(NamedTuple):
    """One thing that is missing, and how it is said."""

    field: str
    """The field of `Given` that the answer goes to."""
    text: str
    """What is asked for, without a question mark."""
    example: str
    """A value that could be given."""
    choices: tuple[str, ...] = ()
    default: str | None = None
    """Taken where nothing is answered; None: there must be an answer."""
    prefix: str = ""
    """Stands before the answer: ``admins=``."""
    replaces: str | None = None
    """The entry of the field that the answer completes."""
    needed: bool = True
    """Without an answer there is no file; otherwise it is only asked on a terminal."""
    path: str = ""
    """Where the settings have the answer, so that a wrong one is asked for again."""

    @property
    def flag(self) -> str:
        """The flag that answers it."""
        return FLAGS[self.field]


def is_about(problem: Problem, question: Question) -> bool:
    """Another answer to *question* could mend *problem*.

    It is at the question's flag, or it names the network that the question is about.
    """
    name = f'"{question.prefix.rstrip("=")}"'
    if question.field == "networks" and name in problem.message:
        return not problem.message.startswith("no such ")  # there it is only what is suggested
    flag, _, said = problem.place.file.partition(" ")
    if flag != question.flag:
        return False
    if not problem.path:  # it is of the flag's text
        return said.startswith(question.prefix)
    path = question.path or "interfaces"
    below = problem.path.removeprefix(path)[:1] in ("", ".", "[") or not question.prefix
    return problem.path.startswith(path) and below


def questions(
    given: Given,
    draft: Draft,
    catalog: Catalog,
    shared: tuple[str, ...],
    examples: tuple[str, ...] = (),
) -> Iterator[Question]:
    """What is missing of *given*, what others depend on first; *shared* are files to import.

    Those among them that hold *examples* of addresses are named and never the default.
    """
    if given.cloud is None:
        clouds = tuple(cloud.value for cloud in Cloud)
        yield Question("cloud", "Cloud", "aws", choices=clouds, path="cloud")
    azure = given.cloud == Cloud.AZURE.value
    if given.region is None:
        example = "westeurope" if azure else "eu-central-1"
        key = "azure-native:location" if azure else "aws:region"
        yield Question("region", "Region of the cloud", example, path=key)
    if draft.gateway("environment") is None:
        names = tuple(one.value for one in Environment)
        yield Question("environment", "Environment", "dev", choices=names, path="gateway")
    if not given.imports and shared:
        yield _imports(given, shared, examples)
    yield from _gateway(given, draft, catalog)
    yield from _account(given, draft, azure=azure)
    yield from _interfaces(given, draft, azure=azure)
    yield from _peers(given, draft)


def _imports(given: Given, shared: tuple[str, ...], examples: tuple[str, ...]) -> Question:
    ready = tuple(name for name in shared if name not in examples)
    production = given.environment == Environment.PROD.value
    wanted = ("base", "company", *(("production",) if production else ()), given.region)
    usual = [name for name in wanted if name in ready]
    text = f"Shared files to build on, or {NONE}"
    text += f", of {quoted_list(ready)}" if ready else ""
    if examples:
        text += (
            f"; example addresses are in {quoted_list(examples)}: copy those that you want and "
            "put your own in first"
        )
    return Question(
        "imports",
        text,
        ",".join(usual) or NONE,
        default=",".join(usual),
        needed=False,
        path="imports",
    )


def _gateway(given: Given, draft: Draft, catalog: Catalog) -> Iterator[Question]:
    if draft.gateway("release") is None:
        known = ", ".join(catalog.releases)
        text = f"AsyncOS release of the gateways (known are {known})"
        yield Question("release", text, catalog.releases[-1], path="gateway.release")
    if draft.gateway("ciscoRegion") is None and given.region:
        yield Question(
            "cisco_region",
            f"Cisco region of the vendor's services (the catalog cannot tell for {given.region})",
            catalog.regions[0],
            choices=catalog.regions,
            path="gateway.ciscoRegion",
        )


def cisco_region(region: str, catalog: Catalog) -> str | None:
    """The Cisco region that serves the jurisdiction of a cloud's region; None where unknown."""
    lies_in = jurisdiction(catalog, region.replace(" ", "").lower())
    return CISCO_REGION.get(lies_in) if lies_in is not None else None


def _account(given: Given, draft: Draft, *, azure: bool) -> Iterator[Question]:
    production = draft.gateway("environment") == Environment.PROD.value
    if given.account is None and given.cloud is not None:
        what = "Azure subscription" if azure else "AWS account"
        example = "00000000-0000-0000-0000-000000000000" if azure else "111122223333"
        yield Question(
            "account",
            f"{what} that the stack may change" + ("" if production else " (empty: any)"),
            example,
            default=None if production else "",
            needed=production,
            path="azure-native:subscriptionId" if azure else "aws:allowedAccountIds",
        )


def _interfaces(given: Given, draft: Draft, *, azure: bool) -> Iterator[Question]:
    if not given.interfaces:
        yield Question(
            "interfaces",
            "Interfaces, each NAME:ROLE,ROLE:external or :internal, separated by spaces (roles are "
            f"{', '.join(role.value for role in Role)})",
            "data:management,public,private:external",
        )
        return
    for text in given.interfaces:
        yield from _unsaid(text, draft)
    yield from _places(given, azure=azure)


def _unsaid(text: str, draft: Draft) -> Iterator[Question]:
    """The roles and the reach of one interface, where neither its flag nor an import says them."""
    name, *parts = (part.strip() for part in text.split(":"))
    roles = tuple(role.value for role in Role)
    there = draft.given.get("interfaces")
    entry = there.mapping().get(name) if there is not None else None
    said = entry.mapping() if entry is not None else {}
    if "roles" not in said:
        yield Question(
            "interfaces",
            f'Roles of "{name}" ({", ".join(roles)})',
            "management",
            prefix=f"{':'.join([name, *parts])}:",
            replaces=text,
        )
        return
    if "external" not in said:
        yield Question(
            "interfaces",
            f'Can an address of "{name}" be reached from the internet',
            "internal",
            choices=tuple(REACHES),
            prefix=f"{text}:",
            replaces=text,
        )


def _places(given: Given, *, azure: bool) -> Iterator[Question]:
    """Where the rules of each interface are made, and its subnets."""
    names = [text.split(":")[0] for text in given.interfaces]
    field = "resource_groups" if azure else "vpcs"
    said = given.resource_groups if azure else given.vpcs
    for_all = any("=" not in text for text in said)
    lacking = [name for name in names if not _of(name, said) and not for_all]
    if lacking and given.cloud is not None:
        what = "Resource group" if azure else "VPC"
        whose = f"of {quoted_list(lacking)}" if said else "of the gateways"
        prefix = f"{lacking[0]}=" if said else ""
        example = "rg-mail" if azure else "vpc-0a1b2c3d4e5f60001"
        path = f"interfaces.{lacking[0]}" if said else ""
        yield Question(field, f"{what} {whose}", example, prefix=prefix, path=path)
    alone = len(names) == 1 and any("=" not in text for text in given.subnets)
    for name in names:
        if not _of(name, given.subnets) and not alone:
            yield Question(
                "subnets",
                f'Subnets of "{name}" that the gateways are in (empty: not known yet)',
                "10.20.100.0/24",
                default="",
                prefix=f"{name}=",
                needed=False,
                path=f"interfaces.{name}.subnets",
            )


def _of(name: str, texts: tuple[str, ...]) -> bool:
    return any(text.startswith(f"{name}=") for text in texts)


def _peers(given: Given, draft: Draft) -> Iterator[Question]:
    """Features, then what they need."""
    catalog = draft.uses.catalog
    on = any(not catalog.features[name].default_on for name in draft.uses.settings.features)
    if not given.features:
        off = [name for name in OFTEN_ADDED if name not in draft.uses.settings.features]
        besides = (
            f"Features to switch on besides those of the imports ({', '.join(off)}, ...; {LISTED})"
        )
        usual = ",".join(USUAL)
        yield Question(
            "features",
            besides if on else f"Features to switch on, with commas ({LISTED})",
            off[0] if on and off else usual,
            default="" if on else usual,
            needed=not on,
            path="features",
        )
    for name, users in draft.needed_networks().items():
        yield Question(
            "networks",
            f'Prefixes of the network "{name}", for {", ".join(users)}',
            "10.40.0.0/26",
            prefix=f"{name}=",
            path=f"networks.{name}",
        )
    lacking = draft.hosts_without_strategy()
    if lacking:
        yield Question(
            "hosts",
            f"The way to {quoted_list(lacking, 3)}, which publish no addresses: internet, "
            "proxy:NETWORK:PORT, or prefixes",
            "proxy:web-proxies:3128",
            prefix="default=",
            path="hosts.default",
        )
