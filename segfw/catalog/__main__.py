"""``python -m segfw.catalog`` makes what ships; with ``--check`` it only compares."""

from __future__ import annotations

import sys

from segfw.catalog.builder.make import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
