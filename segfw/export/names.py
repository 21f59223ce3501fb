"""Names for formats that have fewer characters than ours, one to one and from content alone."""

from __future__ import annotations

import re
from hashlib import sha256

from segfw.naming import DIGEST_LENGTH, within

PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]|[._](?![._]))*")
"""A name whose label can be read back: its dots and underscores never meet."""
AS_LABEL = str.maketrans({"_": "__", ".": "_"})
NOT_LABEL = re.compile(r"[^A-Za-z0-9-]")
LETTER = re.compile(r"[A-Za-z]")
WORD = re.compile(r"[A-Za-z0-9]+")
READABLE_LENGTH = 200
"""What a logical id shows of a name, of the 255 characters that it may have
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html)."""
CLOUD_NAME_LENGTH = 80
"""An NSG's name has at most 80 characters, and a prefix list's may have more
(https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules)."""


def label(name: str) -> str:
    """*name* as a Terraform identifier: ``data-in-tcp-25-10_20_25_0__28``.

    A dot becomes one underscore and an underscore two, which can be read back; a name
    where it cannot gets a digest of itself at its end.
    """
    if PLAIN.fullmatch(name):
        return name.translate(AS_LABEL)
    begin = "" if LETTER.match(name) else "_"
    return f"{begin}{NOT_LABEL.sub('_', name)}-{_digest(name)}"


def logical_id(kind: str, name: str) -> str:
    """*name* in letters and digits, with a digest of kind and name: ``DataInTcp22…``.

    A CloudFormation template has one space of names for everything in it.
    """
    words = "".join(word[0].upper() + word[1:] for word in WORD.findall(name))
    return f"{words[:READABLE_LENGTH]}{_digest(f'{kind} {name}').upper()}"


def cloud_name(stack: str, name: str) -> str:
    """What a resource is called in its cloud, where Pulumi would make a name up."""
    return within(f"{stack}-{name}", CLOUD_NAME_LENGTH)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
