"""`python -m segfw`: the command line."""

from segfw.cli import run

run()
