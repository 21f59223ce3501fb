"""`python -m tests.differential`: a million packets, of which everyone must think the same.

Stacks are generated. Of each packet, chosen mostly at the bounds of rules, it is asked
whether it is meant (by a table typed by hand), declared as a widening, let through by the
compiled rules, by the resources as they are read back, and by an evaluator that takes
the resources' inputs one rule after the other. Exit status 1 on the first disagreement.
"""

from __future__ import annotations

import argparse
import secrets
import sys

from tests.differential.run import Count, Disagreement, run

EXAMPLES = """\
examples:
  python -m tests.differential                           a million packets; minutes
  python -m tests.differential --packets 20000 --seed 7  fewer, and the same again
  python -m tests.differential --seed 7 --stack 12       one stack of a seed's
"""


def main(words: list[str] | None = None) -> int:
    """Run, tell, and say what came out."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.differential",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--packets", type=int, default=1_000_000, help="how many (1000000)")
    parser.add_argument("--seed", type=int, help="the same stacks and packets again")
    parser.add_argument("--stack", type=int, help="only this stack of a seed's")
    args = parser.parse_args(words)
    if args.stack is not None and args.seed is None:
        parser.error("--stack needs the --seed that it is a stack of.")
    seed = secrets.randbelow(2**32) if args.seed is None else args.seed
    print(f"seed {seed}", flush=True)

    def tell(count: Count) -> None:
        print(f"{count.packets * 100 // args.packets:3} %  {count}", file=sys.stderr, flush=True)

    try:
        count = run(args.packets, seed, args.stack, tell)
    except Disagreement as found:
        print(found)
        return 1
    print(f"All agree: {count}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
