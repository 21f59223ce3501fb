"""Any other setting, by its path in the stack's config: ``quotas.networkAcl.entries=40``."""

from __future__ import annotations

import re
from typing import Any, cast

from segfw.problems import ProblemsFound
from segfw.settings.node import NAMESPACE
from segfw.settings.yamltext import read_yaml

Values = dict[str, Any]
SECRET_KEY = re.compile(r"secret|passw|token|accesskey|certificate", re.IGNORECASE)
"""Names under which providers take what nobody else may read (``aws:secretKey``)."""
SECRET_VALUE = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN ")
"""An access key of AWS, whose unique ids have a prefix by their kind
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html), or a PEM block."""


class Unclear(Exception):
    """A flag's text is not of its form; the message is a sentence without its full stop."""

    def __init__(self, message: str, shown: str | None = None) -> None:
        """*shown* stands for the text where that must not be repeated."""
        super().__init__(message)
        self.shown = shown


def set_value(values: Values, text: str) -> None:
    """Put what ``PATH=VALUE`` says into *values*, where nothing else says it.

    Raises:
        Unclear: it has another form, is said already, or would be a secret in a plain file.
    """
    path, equals, value = text.partition("=")
    *parents, last = path.removeprefix(f"{NAMESPACE}:").split(".")
    if not equals or not all([*parents, last]):
        raise Unclear("has another form; write PATH=VALUE, such as quotas.networkAcl.entries=40")
    if (":" in path and SECRET_KEY.search(path)) or SECRET_VALUE.search(value):
        raise Unclear(
            "looks like a secret, and the stack file is plain text; leave it to the environment, "
            "or to `pulumi config set --secret`",
            shown=path,
        )
    held = values
    for step in parents:
        inner: object = held.setdefault(step, {})
        if not isinstance(inner, dict):
            raise Unclear(f'"{step}" holds a value and no keys; write the path of a key')
        held = cast("Values", inner)
    read = _yaml_value(value)
    is_section = isinstance(held.get(last), dict) or held is values["interfaces"]
    if is_section and not isinstance(read, dict):
        raise Unclear("is a mapping; write the path of a key in it, or a mapping: {key: value}")
    if last in held and held[last] != {}:
        raise Unclear(f'"{path}" is said by another flag already; keep one')
    held[last] = read


def _yaml_value(text: str) -> object:
    try:
        return read_yaml(text, "--set").plain()
    except ProblemsFound as found:
        message = found.problems[0].message.rstrip(".")
        raise Unclear(f"the value is no YAML that everybody reads alike: {message}") from None
