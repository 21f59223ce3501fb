"""`python -m bench.one_compile FOLDER STACK [OTHER]`: one compile and its proof, in one process.

OTHER is compiled first, so that modules are there and tables that every stack shares are
filled, but nothing of STACK is known. Prints JSON: processor time from settings to
resources, of their proof, and the counts.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from segfw.catalog import load_catalog
from segfw.plan import comparisons_of, unproven_plan
from segfw.settings import read_settings, read_tree


def main() -> None:
    """Read, compile, prove, print."""
    folder, *stacks = sys.argv[1:]
    catalog, today = load_catalog(), datetime.now(UTC).date()
    printed = ""
    for stack in reversed(stacks):
        held = read_settings(read_tree(Path(folder), stack), catalog, stack=stack, today=today)
        started = time.process_time()
        plan = unproven_plan(held, catalog)
        compiled = time.process_time()
        proofs = list(comparisons_of(plan, catalog))
        proven = time.process_time()
        if not all(proof.holds for proof in proofs):
            raise SystemExit(f"error: {stack} is not proven.")
        rules = sum(len(rule_set.rules) for rule_set in plan.rule_sets)
        sources = sum(len(rule.prefixes) for rule_set in plan.rule_sets for rule in rule_set.rules)
        printed = json.dumps(
            {
                "compiling": compiled - started,
                "proving": proven - compiled,
                "rules": rules,
                "prefixes": sources,
            }
        )
    print(printed)


if __name__ == "__main__":
    main()
