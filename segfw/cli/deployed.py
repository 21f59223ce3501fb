"""From a state, or a cloud's own words, to what stands before each interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.cli.load import inventory_of, load_plan
from segfw.clouds.lifted import LiftError
from segfw.plan import make_plan
from segfw.problems import Place, Problem, ProblemsFound
from segfw.proof import ProofFailed
from segfw.review.explain.deployed import Deployment, placed
from segfw.settings.words import unknown

if TYPE_CHECKING:
    from datetime import date

    from segfw.cli.main import StackFile
    from segfw.guardrails.view import View
    from segfw.inventory import Inventory
    from segfw.plan import Plan


def deployment_of(
    file: StackFile, named: tuple[str, ...], at: tuple[str, ...], today: date
) -> Deployment:
    """What the files *named* say is deployed, with the stack's file for names and reasons.

    *at* says where groups, ACLs and NSGs belong, ``management=sg-0123`` each.

    Raises:
        ProblemsFound: a file, or a stack file that is there, cannot be read.
    """
    from segfw.guardrails.view import View

    inventory = inventory_of(*named)
    view = View(inventory, load_catalog(), today)
    source = " and ".join("standard input" if one == "-" else one for one in named)
    plan = _plan_of_file(file, today) or _plan_recorded(view)
    return Deployment(source, view, plan, placed(view, _placed(view, plan, inventory, at)))


def _placed(
    view: View, plan: Plan | None, inventory: Inventory, at: tuple[str, ...]
) -> dict[str, str]:
    """The interfaces of the holders by their URN, as far as a plan tells."""
    from segfw.live.placing import place

    if plan is None:
        return _placed_by_words(view, at)
    placing = place(plan, inventory, at)
    if isinstance(placing, list):
        raise ProblemsFound(placing)
    return {one.held.resource.urn: one.interface for one in placing.placed}


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
