"""`segfw report`: a stack as one page that reviewers read, without Python and without a network."""

from segfw.cli.report.command import report

__all__ = ["report"]
