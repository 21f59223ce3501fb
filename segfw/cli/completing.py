"""What a shell completes: the commands' words, without importing what the commands do.

Reading `completion.json` in place of the commands' modules keeps an answer under a tenth of a
second: a command imports the compiler. ``python -m segfw.cli.completing --write`` writes it
from the commands, ``--check`` compares. A command that it lacks is imported, so that nothing
is missing, only slower.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from click.shell_completion import CompletionItem, shell_complete

from segfw.cli.main import COMMANDS, main, stack_file, stacks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Record = dict[str, Any]

PROGRAM = "segfw"
VARIABLE = "_SEGFW_COMPLETE"
"""Set by the script that `segfw completion` prints: the shell asks, nothing is to be run."""
DATA = Path(__file__).with_name("completion.json")
OF_COMMAND = {
    ("features", "names"): "feature",
    ("rows", "names"): "row",
    ("catalog diff", "first"): "release",
    ("catalog diff", "last"): "release",
}
OF_NAME = {
    "stack": "stack",
    "stacks": "stack",
    "interface": "interface",
    "interfaces": "interface",
    "feature": "feature",
    "features": "feature",
    "row": "row",
    "rows": "row",
    "release": "release",
    "state": "file",
}
"""What a parameter takes, by its name, where neither its type nor its command says it."""
NOT_YET = {"init": ("interfaces", "features")}
"""Of a stack that is not there yet: interfaces have no names, features are the catalog's."""


def complete(instruction: str) -> int:
    """Answer the shell's question in the environment; the exit status, 1 where there is none."""
    try:
        return shell_complete(LightGroup(PROGRAM), {}, PROGRAM, VARIABLE, instruction)
    except (KeyError, ValueError):  # COMP_WORDS and COMP_CWORD are the shell's to set
        click.echo(f"{VARIABLE} is for shells; unset it to run a command.", err=True)
        return 1


class LightGroup(click.Group):
    """`segfw`'s commands with their words only; a command that the data lacks is the real one."""

    def __init__(self, name: str) -> None:
        """Read the data; without it every command is the real one."""
        super().__init__(name, params=[click.Option(["--version"], is_flag=True)])
        try:
            self._data: Record = json.loads(DATA.read_bytes())
        except (OSError, ValueError):
            self._data = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command that completes as the real one does."""
        if cmd_name in COMMANDS and cmd_name in self._data:
            return _light(cmd_name, COMMANDS[cmd_name].does, self._data[cmd_name])
        return main.get_command(ctx, cmd_name)


def _light(name: str, about: str, record: Record) -> click.Command:
    params = [_parameter(one) for one in record["parameters"]]
    if "commands" not in record:
        return click.Command(name, params=params, help=about)
    group = click.Group(name, params=params, help=about)
    for below, inner in record["commands"].items():
        group.add_command(_light(below, inner["does"], inner))
    return group


def _parameter(record: Record) -> click.Parameter:
    takes: str = record["takes"]
    values: list[str] = record["values"]
    kind: click.ParamType[Any, Any] = click.Choice(values) if values else _type_of(takes)
    completer = COMPLETERS.get(takes)
    if record["argument"]:
        nargs = -1 if record["many"] else 1
        words = record["words"]
        return click.Argument(words, type=kind, nargs=nargs, shell_complete=completer)
    return click.Option(
        record["words"],
        type=None if record["flag"] else kind,
        is_flag=record["flag"],
        multiple=record["many"],
        help=record["does"],
        shell_complete=completer,
    )


def _type_of(takes: str) -> click.ParamType[Any, Any]:
    if takes == "file":
        return click.Path()
    return click.Path(file_okay=False) if takes == "folder" else click.STRING


def _stacks(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return _starting(stacks_of(_folder(ctx)), incomplete)


def _features(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Features of the catalog; behind a comma, one more."""
    from segfw.catalog import load_catalog

    before, comma, last = incomplete.rpartition(",")
    features = load_catalog().features.values()
    return [
        CompletionItem(f"{before}{comma}{one.id}", help=one.title)
        for one in features
        if one.id.startswith(last)
    ]


def _rows(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Rows by their id, or by their number where one is begun."""
    from segfw.catalog import load_catalog

    rows = load_catalog().rows.values()
    if incomplete.isdecimal():
        numbers = ((str(row.number), row.title) for row in rows if row.number)
        return [CompletionItem(n, help=t) for n, t in numbers if n.startswith(incomplete)]
    return [CompletionItem(r.id, help=r.title) for r in rows if r.id.startswith(incomplete)]


def _releases(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from segfw.catalog import load_catalog

    known = load_catalog().releases
    return [CompletionItem(one) for one in known if one.startswith(incomplete)]


def _interfaces(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Interfaces of the stack that is named before; of every stack where none is."""
    from segfw.problems import ProblemsFound
    from segfw.settings import read_tree

    said = ctx.params.get("stack") or ctx.params.get("stacks") or ()
    named = (said,) if isinstance(said, str) else cast("tuple[str, ...]", tuple(said))
    files = [stack_file(name, _folder(ctx)) for name in named or stacks_of(_folder(ctx))]
    found: dict[str, None] = {}
    for file in files:
        try:
            settings = read_tree(file.folder, file.stack).settings.mapping()
        except ProblemsFound:
            continue
        if "interfaces" in settings:
            found |= dict.fromkeys(settings["interfaces"].mapping())
    return _starting(found, incomplete)


def _folder(ctx: click.Context) -> Path:
    return Path(ctx.params.get("config_dir") or "config")


def _starting(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


COMPLETERS: dict[
    str, Callable[[click.Context, click.Parameter, str], list[CompletionItem]]  # by what is taken
] = {
    "stack": _stacks,
    "feature": _features,
    "row": _rows,
    "release": _releases,
    "interface": _interfaces,
}


def data_of(command: click.Command, name: str) -> Record:
    """The words of a command, from the command itself."""
    context = click.Context(command, info_name=name)
    record: Record = {
        # Without --help, which every light command has of itself.
        "parameters": [_words(param, name) for param in command.params if _is_shown(param)]
    }
    if isinstance(command, click.Group):
        inner = {one: command.get_command(context, one) for one in command.list_commands(context)}
        record["commands"] = {
            below: {"does": one.get_short_help_str(limit=80), **data_of(one, f"{name} {below}")}
            for below, one in inner.items()
            if one is not None
        }
    return record


def _is_shown(param: click.Parameter) -> bool:
    return not (isinstance(param, click.Option) and param.hidden)


def _words(param: click.Parameter, command: str) -> Record:
    option = param if isinstance(param, click.Option) else None
    flag = option is not None and option.is_flag
    name = param.name or ""
    known = OF_COMMAND.get((command, name), OF_NAME.get(name, ""))
    if name == "interfaces" and command in NOT_YET:
        known = ""
    if isinstance(param.type, click.Path):
        known = "file" if param.type.file_okay else "folder"
    return {
        "argument": option is None,
        "words": [name] if option is None else [*option.opts, *option.secondary_opts, name],
        "values": list(param.type.choices) if isinstance(param.type, click.Choice) else [],
        "takes": "" if flag else known,
        "flag": flag,
        "many": param.nargs == -1 if option is None else option.multiple,
        "does": option.help if option is not None else None,
    }


def text_of() -> str:
    """The data's text, from every command."""
    context = click.Context(main, info_name=PROGRAM)
    commands = {name: main.get_command(context, name) for name in COMMANDS}
    data = {name: data_of(one, name) for name, one in commands.items() if one is not None}
    return json.dumps(data, indent=1) + "\n"


def run(arguments: list[str]) -> int:
    """Write the data, or with ``--check`` compare it; 1 where they differ."""
    text = text_of()
    if "--check" in arguments:
        if DATA.is_file() and DATA.read_text(encoding="utf-8") == text:
            return 0
        click.echo(f"{DATA.name} is not what the commands say; run {__spec__.name} --write.")
        return 1
    DATA.write_text(text, encoding="utf-8")
    click.echo(f"wrote {DATA}")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
