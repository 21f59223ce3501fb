"""The sandbox's command line: `python -m sandbox`."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from sandbox import driver, plugins, processes, teardown
from sandbox.commands import with_config_file
from sandbox.environment import Environment
from sandbox.errors import SandboxError
from sandbox.progress import Progress
from sandbox.toolchain import get_engine
from segfw.cli.main import report_problems
from segfw.problems import ProblemsFound

EXIT_INTERRUPTED = 130

EPILOG = """\b
Examples:
  python -m sandbox up                      the stacks of `make up`
  python -m sandbox up aws-dev-us-east-1    one stack
  python -m sandbox pulumi -- preview --diff --stack aws-lab
  eval "$(python -m sandbox env)"           a shell inside the sandbox
  python -m sandbox down                    destroy the stacks, end moto, remove the state

All state is in .sandbox/; the engine, built once, is in .tools/ or $SEG_SANDBOX_TOOLS.
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Try the stacks on this machine: a real Pulumi engine, with stand-ins for AWS and Azure.

    It is not a cloud, and it needs no account.
    """


@main.command()
@click.argument("stacks", nargs=-1, metavar="[STACK...]")
@click.option("--began", type=float, hidden=True, help="When `make up` began, as `date +%s` says.")
def up(stacks: tuple[str, ...], began: float | None) -> None:
    """Bring STACKs up; without any, those of `make up`.

    First each stack file is checked as by `segfw check`; with a problem, nothing is made.
    """
    sys.exit(driver.up(Environment(), stacks, Progress(), began=began))


@main.command()
def down() -> None:
    """Destroy every stack, end every process that `up` started, and remove the state.

    Stacks of other programs in the sandbox are named, and destroyed too; the logs stay.
    """
    sys.exit(teardown.down(Environment(), Progress()))


@main.command()
def env() -> None:
    """Print lines for a shell: in it, `pulumi` is the sandbox's engine, with its stack files.

    SEG_SANDBOX_EC2 is the address of the stand-in AWS there, if that runs.
    """
    environment = Environment()
    environment.prepare()
    plugins.install(environment)
    engine = get_engine(environment.tools, progress=Progress(stream=sys.stderr))
    moto = processes.find(environment, processes.MOTO)
    address = [] if moto is None else [f"export SEG_SANDBOX_EC2={moto.url}"]
    click.echo("\n".join([*environment.shell_lines(engine), *address]))


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="-- ARGS...")
def pulumi(arguments: tuple[str, ...]) -> None:
    """Run the engine in the sandbox, with the sandbox's stack files.

    Everything after `--` goes to it: python -m sandbox pulumi -- stack --stack aws-lab
    """
    environment = Environment()
    environment.prepare()
    engine = get_engine(environment.tools, progress=Progress(stream=sys.stderr))
    variables = environment.variables(engine)

    def selected() -> str | None:
        shown = subprocess.run(
            [engine.cli, "stack", "--show-name", "--non-interactive"],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return shown.stdout.strip() if shown.returncode == 0 else None

    command = ["pulumi", *with_config_file(environment, arguments, selected)]
    os.execve(engine.cli, command, variables)  # noqa: S606


@main.command()
def engine() -> None:
    """Find a Pulumi engine, or build one, and say where it is."""
    found = get_engine(Environment().tools, progress=Progress())
    click.echo(f"engine: {found}: {found.cli}")


def run() -> None:
    """Run the command line; a mistake is a text on stderr and exit code 1, never a traceback."""
    try:
        main(prog_name="python -m sandbox", standalone_mode=False)
    except ProblemsFound as found:
        report_problems(found)
        click.echo("Nothing was brought up.", err=True)
        sys.exit(1)
    except SandboxError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the exit
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo(
            "Stopped. `make up` goes on from here; `make down` destroys what there is.", err=True
        )
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    run()
