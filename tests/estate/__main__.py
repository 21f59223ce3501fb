"""``python -m tests.estate FOLDER [SEED]`` writes the estate into FOLDER."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from tests.estate.estate import SEED, write_estate

if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
    sys.exit("usage: python -m tests.estate FOLDER [SEED]")
target = Path(sys.argv[1])
if target.exists() and any(target.iterdir()):
    sys.exit(f"{target} holds files; name a folder that is empty or not there.")
seed = int(sys.argv[2]) if len(sys.argv) == 3 else SEED
stacks = write_estate(target, seed=seed, today=date.today())
print(f"wrote {len(stacks)} stacks to {target}; segfw check --all --config-dir {target}")
