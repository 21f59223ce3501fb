"""`segfw explain`: whether a packet would pass, why, and what would let it."""

from __future__ import annotations

import json
import sys
from typing import IO, TYPE_CHECKING, Any

import click

from segfw.catalog import load_catalog
from segfw.cli.load import NotProven, load_settings
from segfw.cli.main import (
    EXIT_STATUS,
    config_dir_option,
    format_option,
    report_problems,
    stack_file,
    today,
)
from segfw.cli.unquoted import Asking
from segfw.clouds.lifted import LiftError
from segfw.plan import comparisons_of, unproven_plan
from segfw.problems import ProblemsFound
from segfw.proof import ProofFailed

if TYPE_CHECKING:
    from pathlib import Path

    from segfw.cli.main import StackFile
    from segfw.plan import Plan
    from segfw.review.explain.answer import Answer
    from segfw.review.explain.names import Names
    from segfw.review.explain.question import Asked, Question

NOT_READ = 2
NOT_KNOWN = 4
EPILOG = f"""\b
Exit status:
  0  allowed
  1  denied, or a part of it is
  {NOT_READ}  the question, the stack file or the state cannot be read
  3  {EXIT_STATUS[3]}
  {NOT_KNOWN}  not known: it depends on what is not read here, such as members of a prefix list

\b
Examples:
  segfw explain aws-prod-us-east-1 "in tcp 198.51.100.7 -> management:22"
  segfw explain aws-prod-us-east-1 "in tcp internet -> public:25"
  segfw explain aws-lab "out tcp management -> [2001:db8::1]:443" --why-not
  segfw explain aws-lab "out udp -> dns-servers:53"
  segfw explain aws-lab "in icmp monitoring -> management:echo-request"
  segfw explain aws-lab --direction in --protocol tcp --remote admins --interface public --port 22
  segfw explain aws-lab "in tcp admins -> management:22" --state state.json
  segfw explain aws-lab "in tcp 198.51.100.7 -> public:25" --json | jq .verdict
"""


class NotUnderstood(click.ClickException):
    """A question, a stack or a state that cannot be read; exit status 2."""

    exit_code = NOT_READ

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the text to standard error, in red on a terminal."""
        click.secho(self.message, fg="red", file=file, err=True)


@click.command(cls=Asking, epilog=EPILOG)
@click.argument("stack")
@click.argument("packet", required=False)
@click.option("--direction", metavar="in|out", help="Who opens: in is towards the gateway.")
@click.option("--protocol", metavar="NAME", help="tcp, udp, icmp, icmpv6, or a number.")
@click.option("--remote", metavar="FAR END", help="An address, a prefix, or a network's name.")
@click.option("--interface", metavar="NAME", help="The gateway's interface.")
@click.option("--port", metavar="PORT", help="The port at the end that answers; 8.0 for ICMP.")
@click.option(
    "--state",
    "states",
    metavar="FILE",
    multiple=True,
    help="Ask what is deployed: a Pulumi state, or what aws and az print (repeatable); - for "
    "standard input.",
)
@click.option(
    "--at",
    metavar="INTERFACE=ID",
    multiple=True,
    help="With --state: which interface a group, network ACL or NSG belongs to.",
)
@click.option("--why-not", is_flag=True, help="Try every change that might let it pass.")
@format_option
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@config_dir_option
def explain(
    stack: str,
    packet: str | None,
    states: tuple[str, ...],
    at: tuple[str, ...],
    form: str,
    config_dir: Path,
    *,
    why_not: bool,
    as_json: bool,
    **flags: str | None,
) -> None:
    """Say whether PACKET passes the firewall of STACK, and why.

    PACKET says who opens a connection to whom: "in tcp 198.51.100.7 -> management:22". The far
    end is an address, a prefix, the name of a network of the stack, internet, or a cloud's own
    reference. Each enforcement point answers in the cloud's order, with the deciding rule, the
    feature and row behind it, and the line of config that put it there.

    STACK is a stack's name, or the path of its file. The answer is what the stack file plans;
    with --state, what is deployed.
    """
    from segfw.review.explain.question import Unreadable

    file = stack_file(stack, config_dir)
    if at and not states:
        raise click.UsageError("--at says where things of a --state belong; there is none.")
    asked = _asked(packet, flags)
    try:
        if states:
            answer = _of_state(asked, file, states, at)
        else:
            answer = _of_plan(asked, file, why_not=why_not)
    except ProblemsFound as found:
        report_problems(found)
        sys.exit(NOT_READ)
    except Unreadable as error:
        lines = "\n".join(f"  {fault}" for fault in error.faults)
        ready = "".join(f'\n  "{one}"' for one in error.ready)
        ready = f"\nWhat can be read, and may be meant:{ready}" if ready else ""
        raise NotUnderstood(f"The question cannot be read:\n{lines}{ready}") from None
    _write(answer, "json" if as_json else form)
    sys.exit(_status(answer))


def _asked(packet: str | None, flags: dict[str, str | None]) -> Asked:
    """The question's words, from the text or from the flags, never from both."""
    from segfw.review.explain.question import Asked, Unreadable, words_of

    given = {name: value for name, value in flags.items() if value is not None}
    if packet is not None and given:
        named = ", ".join(f"--{name}" for name in given)
        raise click.UsageError(f"the packet is said twice: as a text, and by {named}.")
    if packet is None and not given:
        raise click.UsageError(
            'no packet is asked for; write one, such as "in tcp 198.51.100.7 -> management:22".'
        )
    if packet is None:
        return Asked(**given)
    try:
        return words_of(packet)
    except Unreadable as error:
        raise NotUnderstood(f"The question cannot be read: {error}") from None


def _of_plan(asked: Asked, file: StackFile, *, why_not: bool) -> Answer:
    """What the stack file plans; the points that the packet meets are proven."""
    from segfw.review.explain.answer import answer_from_plan
    from segfw.review.explain.names import names_of

    settings = load_settings(*file, today())
    plan = unproven_plan(settings, load_catalog())
    question = _question(asked, names_of(plan.settings, plan.flows))
    plan = _proven_at(question.interface, plan)
    answer = answer_from_plan(question, plan, load_catalog())
    return _with_advice(answer, plan, why_not=why_not)


def _proven_at(interface: str, plan: Plan) -> Plan:
    """The plan with the proofs of one interface.

    Raises:
        NotProven: one does not hold.
    """
    here = tuple(one for one in plan.rule_sets if one.interface == interface)
    try:
        proofs = tuple(comparisons_of(plan._replace(rule_sets=here), load_catalog()))
    except LiftError as failed:
        raise NotProven(plan.settings.stack, failed) from None
    for proof in proofs:
        if not proof.holds:
            raise NotProven(plan.settings.stack, ProofFailed(proof))
    return plan._replace(proofs=proofs)


def _question(asked: Asked, names: Names) -> Question:
    from segfw.review.explain.question import read_question

    return read_question(asked, names)


def _with_advice(answer: Answer, plan: Plan, *, why_not: bool) -> Answer:
    """What comes nearest and what would let it pass: the first that does, or all if asked."""
    from segfw.review.explain.path import Verdict

    if answer.verdict not in (Verdict.DENIED, Verdict.PARTLY):
        return answer
    if answer.verdict is Verdict.PARTLY and not why_not:
        return answer
    from segfw.review.explain.nearest import nearest
    from segfw.review.explain.proposals import FEW, MANY, tried_proposals

    catalog = load_catalog()
    answer = answer._replace(near=nearest(answer.question, plan, catalog))
    if not (why_not or answer.question.single):
        return answer
    most = MANY if why_not else FEW
    tried = tried_proposals(answer.question, plan, catalog, today=today(), most=most, every=why_not)
    return answer._replace(proposals=tried, asked_for_help=True)


def _of_state(
    asked: Asked, file: StackFile, states: tuple[str, ...], at: tuple[str, ...]
) -> Answer:
    """What is deployed, by a state or the cloud's own words."""
    from segfw.cli.deployed import deployment_of
    from segfw.review.explain.deployed import answer_from_deployment
    from segfw.review.explain.nearest import nearest
    from segfw.review.explain.path import Verdict

    deployment = deployment_of(file, states, at, today())
    if not deployment.names.interfaces:
        raise NotUnderstood(
            f"{deployment.source}: no stack file and nothing in it says which interface anything "
            "belongs to; say it, as in --at management=ID."
        )
    question = _question(asked, deployment.names)
    if question.interface not in deployment.placed:
        there = ", ".join(deployment.placed) or "none"
        raise NotUnderstood(
            f"{deployment.source}: nothing in it is known to belong to interface "
            f"{question.interface} (of those that do: {there}); say what does, as in "
            f"--at {question.interface}=ID."
        )
    answer = answer_from_deployment(question, deployment, load_catalog())
    if deployment.plan is None or answer.verdict is not Verdict.DENIED:
        return answer
    near = nearest(question, deployment.plan, load_catalog())
    return answer._replace(near=near)


def _write(answer: Answer, form: str) -> None:
    if form == "json":
        from segfw.review.explain.document import document

        click.echo(json.dumps(document(answer), indent=2))
        return
    from segfw.cli.write import markdown_text, plain_text
    from segfw.review.explain.words import sections

    found = list(sections(answer))
    if answer.near or answer.asked_for_help:
        from segfw.review.explain.advice import advice_sections

        found += advice_sections(answer)
    click.echo(markdown_text(found) if form == "markdown" else plain_text(found), nl=False)


def _status(answer: Answer) -> int:
    from segfw.review.explain.path import Verdict

    return {Verdict.ALLOWED: 0, Verdict.UNKNOWN: NOT_KNOWN}.get(answer.verdict, 1)
