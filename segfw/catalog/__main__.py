"""``python -m segfw.catalog``: make ``catalog.json`` and its schema; ``--check``: only compare them."""

from __future__ import annotations

import sys

from segfw.catalog.build.make import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
