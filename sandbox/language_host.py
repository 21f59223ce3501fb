"""A Pulumi language host for Python: the server that the engine starts to run Python programs.

The host that ships with Pulumi is no published Go module, so an engine that the sandbox builds has
none. This one serves the calls that the engine makes for `up`, `preview`, `refresh`, `destroy`,
`import`, `about`, `install` and policy packs; code generation is refused with a text.

It is started as a script (`python -P -u language_host.py ENGINE_ADDRESS`) and imports nothing of
this project. The engine starts one for every few calls, so it loads Pulumi's protocol without the
rest of the SDK: 0.15 s in place of 0.4 s.
"""

# ruff: noqa: ARG002 - the methods' parameters are the protocol's

from __future__ import annotations

import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
import types
from concurrent import futures
from importlib import metadata
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType


def _skip_sdk_imports() -> None:
    """Let `pulumi.runtime.proto` be imported without running `pulumi/__init__.py`.

    Only this process does so; programs and packs run in processes of their own.
    """
    found = importlib.util.find_spec("pulumi")
    if "pulumi" in sys.modules or found is None or found.origin is None:
        return
    folder = Path(found.origin).parent
    for name, path in (("pulumi", folder), ("pulumi.runtime", folder / "runtime")):
        module = types.ModuleType(name)
        module.__path__ = [str(path)]
        sys.modules[name] = module


_skip_sdk_imports()

from google.protobuf import empty_pb2, json_format  # noqa: E402
from pulumi.runtime.proto import (  # noqa: E402
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
)

VERSION = "0.1.0"
PROGRAM = Path(__file__).resolve().parent / "program.py"
EXIT_ERROR_SHOWN = 32  # the child told the user what is wrong; the engine need not add anything
SECONDS_BETWEEN_LOOKS = 0.5

NO_CODEGEN = (
    "the sandbox's language host generates no Python code; "
    'add "--generate-code=false" to import, or use an installed Pulumi'
)

Child = subprocess.Popen[Any]


class Children:
    """The processes that this host has started and that still run."""

    def __init__(self) -> None:
        """None yet."""
        self._lock = threading.Lock()
        self._running: set[Child] = set()

    def start(self, command: Sequence[str], **options: Any) -> Child:
        """Start a child, which is known here until `finished`."""
        with self._lock:
            child: Child = subprocess.Popen(command, **options)
            self._running.add(child)
            return child

    def finished(self, child: Child) -> int:
        """Wait for *child*; its exit code."""
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        return code

    def kill(self) -> None:
        """Kill every child that runs."""
        for child in tuple(self._running):
            child.kill()


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine; see the module's docstring for what is left out."""

    def __init__(self, engine_address: str, children: Children) -> None:
        """A host for the engine at *engine_address*, which logs and errors go to."""
        self._engine = engine_address
        self._children = children

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Nothing to agree on."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """This host's version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        """None ahead of time: what a program uses is asked for when it registers a resource."""
        return language_pb2.GetRequiredPackagesResponse()

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Nothing is installed; the program's virtual environment is its owner's."""
        return iter(())

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The Python that programs run with."""
        del context
        python = python_for(request.info.root_directory, _options(request.info))
        return language_pb2.AboutResponse(executable=python, version=platform.python_version())

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Every distribution that this host's Python can import."""
        found = {item.metadata["Name"]: item.version for item in metadata.distributions()}
        dependencies = [
            language_pb2.DependencyInfo(name=name, version=version)
            for name, version in sorted(found.items())
        ]
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Run the program once, in a process of its own; a failed one is an error or a bail."""
        info = request.info
        python = python_for(info.root_directory, _options(info))
        environment = os.environ | {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = [python, "-u", str(PROGRAM), json.dumps(self._program(request))]
        child = self._children.start(command, cwd=request.pwd, env=environment)
        context.add_callback(child.kill)
        code = self._children.finished(child)
        if code == 0:
            return language_pb2.RunResponse()
        if code == EXIT_ERROR_SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=_ended(code))

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Run a policy pack, or a provider written in Python, and pass on what it prints."""
        info = request.info
        python = python_for(info.root_directory or info.program_directory, _options(info))
        program = str(Path(info.program_directory) / info.entry_point)
        command = [python, "-u", "-m", "pulumi.policy", *request.args, info.program_directory]
        if request.kind != "analyzer":
            command = [python, "-u", program, *request.args]
        child = self._children.start(
            command,
            cwd=request.pwd,
            env=os.environ | dict(entry.split("=", 1) for entry in request.env if "=" in entry),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(child.kill)
        for is_error, line in _lines(child):
            if is_error:
                yield language_pb2.RunPluginResponse(stderr=line)
            else:
                yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=self._children.finished(child))

    def GenerateProgram(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refused."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NO_CODEGEN)

    def GenerateProject(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refused."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NO_CODEGEN)

    def GeneratePackage(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refused."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, NO_CODEGEN)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """End what still runs; the engine sends this after every operation, so the host stays."""
        self._children.kill()
        return empty_pb2.Empty()

    def _program(self, request: Any) -> dict[str, Any]:
        """What `sandbox/program.py` needs to know."""
        return {
            "host_pid": os.getpid(),
            "program": str(Path(request.info.program_directory) / request.info.entry_point),
            "args": list(request.args),
            "pwd": request.pwd,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
            "monitor": request.monitor_address,
            "engine": self._engine,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
        }


def python_for(root: str, options: dict[str, Any]) -> str:
    """The Python of the virtual environment the project names; without one, this host's own."""
    named = options.get("virtualenv")
    if named:
        python = Path(root) / named / "bin" / "python"
        if os.access(python, os.X_OK):
            return str(python)
    return sys.executable


def _options(info: Any) -> dict[str, Any]:
    return json_format.MessageToDict(info.options)


def _ended(code: int) -> str:
    if code < 0:
        return f"Program was ended by signal {-code}"
    return f"Program exited with non-zero exit code: {code}"


def _lines(child: Child) -> Iterator[tuple[bool, bytes]]:
    """What *child* prints, line by line as it comes, and whether it went to stderr."""
    printed: SimpleQueue[tuple[bool, bytes] | None] = SimpleQueue()

    def read(stream: Any, *, is_error: bool) -> None:
        for line in stream:
            printed.put((is_error, line))
        printed.put(None)

    for stream, is_error in ((child.stdout, False), (child.stderr, True)):
        threading.Thread(target=read, args=(stream,), kwargs={"is_error": is_error}).start()
    ended = 0
    while ended < 2:  # noqa: PLR2004  both streams
        item = printed.get()
        if item is None:
            ended += 1
        else:
            yield item


def _end_quietly(children: Children) -> None:
    """End on the engine's signal without a traceback in the user's output."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        children.kill()
        os._exit(0)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)


def _wait_for_end_of(parent: int, children: Children) -> None:
    """Return when the engine is gone, even if it was killed and could say nothing."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    children.kill()


def main(arguments: Sequence[str]) -> None:
    """Serve on a free loopback port, printed as the first line, until the engine is gone."""
    engine = os.getppid()
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    children = Children()
    _end_quietly(children)
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=8),
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    host = Host(addresses[-1] if addresses else "", children)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    _wait_for_end_of(engine, children)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
