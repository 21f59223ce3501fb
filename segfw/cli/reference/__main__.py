"""``python -m segfw.cli.reference``."""

from segfw.cli.reference.command import main

main(prog_name="python -m segfw.cli.reference")
