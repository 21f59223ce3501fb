"""The command line: the only place that knows of the clock, the terminal and files to write."""

import gc


def run() -> None:
    """Run the command line for this process, which ends with it.

    A command lives for a fraction of a second and makes few cycles: collecting them
    would cost it a twentieth of its time.
    """
    gc.disable()

    from segfw.cli.main import main

    main()
