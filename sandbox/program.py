"""Runs one Pulumi program in a process of its own, as the language host asks.

Started by `sandbox/language_host.py` with the Python of the program's virtual environment, which
need not have anything of this project: only the standard library and the Pulumi SDK are used.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# This script's own folder comes first on the path of a script; the program must not see it.
if sys.path and Path(sys.path[0]) == Path(__file__).resolve().parent:
    del sys.path[0]

EXIT_ERROR_SHOWN = 32  # the language host then adds no error of its own
SECONDS_BETWEEN_LOOKS = 0.5

NO_SDK = """\
this program's Python has no Pulumi SDK: {python}.
Install the program's requirements into it, then run the same command again."""


def main() -> int:
    """Run the program that the request on the command line names; the exit code of the process."""
    request: dict[str, Any] = json.loads(sys.argv[1])
    _die_with_parent(request["host_pid"])
    try:
        import pulumi
    except ImportError:
        sys.stderr.write(NO_SDK.format(python=sys.executable) + "\n")
        return 1
    _configure(request)
    os.chdir(request["pwd"])
    program = request["program"]
    sys.argv = [program, *request["args"]]
    if Path(program).is_file():  # a folder puts itself on the path
        sys.path.insert(0, str(Path(program).parent))
    try:
        _run(program, parallel=request["parallel"])
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever the program raises is for its user
        pulumi.log.error(
            "Program failed with an unhandled exception:\n" + _users_part(error, program)
        )
        return EXIT_ERROR_SHOWN
    return 0


def _configure(request: dict[str, Any]) -> None:
    from pulumi import runtime

    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            project=request["project"],
            stack=request["stack"],
            monitor=request["monitor"],
            engine=request["engine"],
            parallel=request["parallel"],
            dry_run=request["dry_run"],
            organization=request["organization"],
            root_directory=request["root_directory"],
        )
    )


def _run(program: str, *, parallel: int) -> None:
    from pulumi import runtime

    # A failed program leaves futures unobserved by design; asyncio would complain about each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=4 * max(parallel, 1))
    loop.set_default_executor(executor)

    def run() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(runtime.run_in_stack(run))
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()


def _users_part(error: Exception, program: str) -> str:
    """The traceback from the first frame of the user's program on; all of it if there is none."""
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(program) and "site-packages" not in file.parts:
            return "".join(traceback.format_exception(type(error), error, trace))
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def _die_with_parent(host: int) -> None:
    """End this process soon after the language host with the process id *host* is gone."""

    def watch() -> None:
        while os.getppid() == host:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
