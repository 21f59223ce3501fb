"""`segfw completion`: the script with which a shell completes `segfw`."""

from __future__ import annotations

import click

from segfw.cli.main import EXIT_STATUS

SHELLS = ("bash", "zsh", "fish")
EPILOG = f"""\b
Install it, in the file that the shell reads at its start:
  bash   eval "$(segfw completion bash)"           in ~/.bashrc (bash 4.4 or later)
  zsh    eval "$(segfw completion zsh)"            in ~/.zshrc, after compinit
  fish   segfw completion fish > ~/.config/fish/completions/segfw.fish

\b
Exit status:
  0  {EXIT_STATUS[0]}
  2  {EXIT_STATUS[2]}

\b
Examples:
  segfw completion bash
  segfw completion zsh > ~/.zfunc/_segfw
"""


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that makes SHELL complete commands, options and names.

    Names of stacks are those of --config-dir, which is the folder config where it is not
    given; features, rows and releases are the catalog's, interfaces the stack's.
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from segfw.cli.completing import PROGRAM, VARIABLE
    from segfw.cli.main import main

    kind = get_completion_class(shell)
    if kind is None:
        raise AssertionError(f"click knows no {shell}")
    # Without bash's own look at its version: the script is for a shell, not for this process.
    click.echo(ShellComplete.source(kind(main, {}, PROGRAM, VARIABLE)), nl=False)
