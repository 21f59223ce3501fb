"""The command line: the only place that knows of the clock, the terminal and files to write."""

import gc
import os
import sys


def run() -> None:
    """Run the command line for this process, which ends with it.

    A command lives for a fraction of a second and makes few cycles: collecting them would
    cost it a twentieth of its time, and taking every object apart at the end a tenth.
    """
    gc.disable()

    asked = os.environ.get("_SEGFW_COMPLETE")
    if asked:  # a shell completes a word: no command runs
        from segfw.cli.completing import complete

        sys.exit(complete(asked))

    from segfw.cli.main import main

    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, int) and _is_written():
            os._exit(ended.code)
        raise
    except OSError as error:  # what a command reads has its own words: this is its output
        sys.stderr.write(f"Error: the output cannot be written: {error.strerror or error}.\n")
        os._exit(1)


def _is_written() -> bool:
    """Whether all that was printed has gone out; where not, Python says what is wrong."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (AttributeError, OSError, ValueError):  # closed, or not there at all
        return False
    return True
