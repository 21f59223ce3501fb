"""Whatever an answer holds: it is refused, or compared; never a traceback."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from segfw.adopt import adopt
from segfw.adopt.document import document
from segfw.adopt.importing import import_of
from segfw.adopt.proposing import propose
from segfw.adopt.sections import sections
from segfw.catalog import load_catalog
from segfw.live import read_files
from segfw.problems import ProblemsFound
from tests.live.answers import files_of
from tests.shipped import planned

ODD = [
    None, "", "*", -1, 0, 65536, 70000, 1.5, True, [], {}, "any", "10.0.0.0/33", "::/0", "0.0.0.0/0",
    "sg-", "-1", "tcp", "\u0000", "x" * 3000, [{}], ["10.0.0.0/8"], {"a": 1}, "10.0.0.1/8",
]  # fmt: skip


def places(held: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(held, dict | list):
        inner = held.items() if isinstance(held, dict) else enumerate(held)
        for key, value in inner:
            found += places(value, (*path, key))
    return found


def spoiled(held: Any, chance: random.Random) -> Any:
    made = copy.deepcopy(held)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        path = chance.choice(places(made) or [()])
        if not path:
            return made
        at = made
        for key in path[:-1]:
            at = at[key]
        what = chance.random()
        if what < 0.25:
            del at[path[-1]]
        elif what < 0.35 and isinstance(at, list):
            at.append(copy.deepcopy(at[path[-1]]))
        else:
            at[path[-1]] = copy.deepcopy(chance.choice(ODD))
    return made


@pytest.mark.parametrize(
    "name", ["aws-dev-us-east-1", "aws-prod-us-east-1", "azure-prod-westeurope"]
)
def test_a_spoiled_answer_is_refused_or_compared(name):
    plan, catalog = planned(name), load_catalog()
    files = files_of(plan)
    chance = random.Random(name)
    compared = refused = 0
    for _ in range(150):
        index = chance.randrange(len(files))
        file, text = files[index]
        made = [*files]
        made[index] = (file, json.dumps(spoiled(json.loads(text), chance)))
        try:
            live = read_files(made)
            found = adopt(plan, live.inventory, (), "a")
        except ProblemsFound as error:
            assert all(one.message.strip() for one in error.problems)
            refused += 1
            continue
        taken = import_of(found, live.defaults, "seg")
        json.dumps(document(found, taken, {}, "import.json"))
        assert list(sections(found, taken, "import.json"))
        assert propose(live.inventory, catalog, "x", defaults=live.defaults).values
        compared += 1
    assert compared > 5
    assert refused > 5
