"""Flows become rule sets, one to an enforcement point, within quota."""

from segfw.compiler.compile import compile_rules

__all__ = ["compile_rules"]
