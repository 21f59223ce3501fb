"""From a state, or a cloud's own words, to what stands before each interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.cli.load import check_answers, deployed_in, load_plan
from segfw.clouds.lifted import LiftError
from segfw.plan import make_plan
from segfw.problems import Place, Problem, ProblemsFound
from segfw.proof import ProofFailed
from segfw.review.explain.deployed import Deployment, placed
from segfw.settings.words import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from segfw.cli.main import StackFile
    from segfw.guardrails.view import View
    from segfw.inventory import Inventory
    from segfw.live.placing import Placing
    from segfw.plan import Plan


def deployment_of(
    file: StackFile, named: tuple[str, ...], at: tuple[str, ...], today: date
) -> Deployment:
    """What the files *named* say is deployed, with the stack's file for names and reasons.

    *at* says where groups, ACLs and NSGs belong, ``management=sg-0123`` each.

    Raises:
        ProblemsFound: a file, or a stack file that is there, cannot be read.
    """
    inventory, live = deployed_in(named)
    plan = _plan_of_file(file, today)
    if plan is not None and live is not None:
        check_answers(live, file, plan.settings, named[0])
    source = " and ".join("standard input" if one == "-" else one for one in named)
    return deployment_in(inventory, plan, at, today, source)


def deployment_in(
    inventory: Inventory, plan: Plan | None, at: tuple[str, ...], today: date, source: str
) -> Deployment:
    """What *inventory* says is deployed; without a *plan*, by that of the settings it recorded.

    Raises:
        ProblemsFound: *at* says something of what is not there.
    """
    from segfw.guardrails.view import View

    view = View(inventory, load_catalog(), today)
    plan = plan or _plan_recorded(view)
    if plan is None:
        known = {urn: (one,) for urn, one in _placed_by_words(view, at).items()}
        return Deployment(source, view, None, placed(view, known))
    placing = _placing(plan, inventory, at)
    guessed = (one for one in placing.placed if one.guessed)
    return Deployment(
        source,
        view,
        plan,
        placed(view, _by_urn(plan, inventory, placing)),
        unread=dict(_unread(plan, inventory)),
        guesses=tuple((one.interface, f"{one.held.label}: {one.why}") for one in guessed),
        left_out=tuple(held.label for held, _ in placing.unplaced),
    )


def _placing(plan: Plan, inventory: Inventory, at: tuple[str, ...]) -> Placing:
    """Where things belong, as far as a plan tells.

    Raises:
        ProblemsFound: something is said of what is not there.
    """
    from segfw.live.placing import place

    try:
        placing = place(plan, inventory, at, unplanned=True)
    except LiftError as error:
        message = f"no cloud can have it: {error}; ask the cloud again, or mend it there."
        raise ProblemsFound([Problem(Place("--state", 0), "", message)]) from None
    if isinstance(placing, list):
        raise ProblemsFound(placing)
    return placing


def _by_urn(plan: Plan, inventory: Inventory, placing: Placing) -> dict[str, tuple[str, ...]]:
    """The interfaces of each holder by its URN; a security group may be on several."""
    from segfw.live.placing import everywhere

    found: dict[str, dict[str, None]] = {}
    for one in (*placing.placed, *everywhere(plan, inventory)):
        found.setdefault(one.held.resource.urn, {})[one.interface] = None
    return {urn: tuple(names) for urn, names in found.items()}


def _unread(plan: Plan, inventory: Inventory) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Interfaces with the groups that are on them, by the cloud, and of which nothing was read."""
    from segfw.live.holders import attachments, held_in

    read = {one.id for one in held_in(inventory)}
    on = sorted(attachments(inventory))
    for name, interface in plan.settings.interfaces.items():
        enis = set(interface.security_group.attach.values())
        lacking = tuple(dict.fromkeys(sg for eni, sg in on if eni in enis and sg not in read))
        if lacking:
            yield name, lacking


def _placed_by_words(view: View, at: tuple[str, ...]) -> dict[str, str]:
    """Where the user says that holders are, of a deployment that no plan is known of.

    Raises:
        ProblemsFound: something is said of what is not there.
    """
    by_key = {
        key: one.resource.urn
        for one in view.holders
        if one.resource is not None
        for key in (one.name, one.resource.id)
        if key
    }
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for words in at:
        interface, _, key = words.partition("=")
        if interface and key in by_key:
            found[by_key[key]] = interface
        else:
            message = unknown("group, ACL or NSG in the files", key, by_key)
            problems.append(Problem(Place("--at", 0), words, message))
    if problems:
        raise ProblemsFound(problems)
    return found


def _plan_of_file(file: StackFile, today: date) -> Plan | None:
    """The plan of the stack's file; None where there is no such file."""
    if not (file.folder / f"Pulumi.{file.stack.rpartition('/')[2]}.yaml").is_file():
        return None
    return load_plan(*file, today)


def _plan_recorded(view: View) -> Plan | None:
    """The plan of the settings that the deployment recorded; None where it recorded none."""
    settings = view.settings_of(view.gateway) if view.gateway is not None else None
    if settings is None:
        return None
    try:
        return make_plan(settings, load_catalog())
    except (ProblemsFound, ProofFailed, LiftError):
        return None
