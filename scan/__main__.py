"""``python -m scan``."""

from scan.command import main

main(prog_name="python -m scan")
