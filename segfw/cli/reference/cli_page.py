"""`cli.md`: the help of every command, as click prints it."""

from __future__ import annotations

import click

from segfw.cli.main import main
from segfw.cli.reference.markdown import text_of, title

WIDTH = 80


def page() -> str:
    """The page."""
    lines = title(
        "Command line",
        "`segfw` works offline, without Pulumi and without a cloud account; "
        "only `segfw recover` runs Pulumi.",
        "`python -m segfw` is the same command.",
        "What went wrong is written to standard error, everything else to standard output.",
    )
    lines += ["## segfw", "", "```text", *_help(main, "segfw", None), "```", ""]
    parent = click.Context(main, info_name="segfw")
    for name in main.list_commands(parent):
        _, command, _ = main.resolve_command(parent, [name])
        if command is None:
            raise AssertionError(f"{name} is listed and not there")
        lines += _section(command, name, parent)
    return text_of(lines)


def _section(command: click.Command, name: str, parent: click.Context) -> list[str]:
    """A command's help, and that of each command inside it."""
    path = f"{parent.command_path} {name}"
    lines = [f"## {path}", "", "```text", *_help(command, name, parent), "```", ""]
    if isinstance(command, click.Group):
        inside = click.Context(command, parent, info_name=name)
        for inner in command.list_commands(inside):
            found = command.get_command(inside, inner)
            if found is not None:
                lines += _section(found, inner, inside)
    return lines


def _help(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    context = click.Context(
        command,
        parent,
        info_name=name,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    return [line.rstrip() for line in command.get_help(context).splitlines()]
