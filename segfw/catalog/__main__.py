"""``python -m segfw.catalog`` makes what ships; with ``--check`` it only compares."""

from __future__ import annotations

import sys

from segfw.catalog.builder.make import main

sys.exit(main(sys.argv[1:]))
