"""The command line: the only place that knows of the clock, the terminal and files to write."""

from segfw.cli.main import main

__all__ = ["main"]
