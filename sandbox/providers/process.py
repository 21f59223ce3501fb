"""The process around a provider: it says its port, and it never outlives its engine."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.providers.server import Provider

if TYPE_CHECKING:
    from sandbox.providers.cloud import Cloud

_WORKERS: Final = 32
_POLL_SECONDS: Final = 0.5


def start(cloud: Cloud) -> tuple[grpc.Server, int]:
    """A running server for *cloud* on a free loopback port."""
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(max_workers=_WORKERS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(cloud), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def run(cloud: Cloud) -> None:
    """Serve *cloud* until a signal comes or the parent is gone.

    The engine stops plug-ins with SIGINT, and a traceback would land in the user's output; a
    killed engine stops nothing, so the parent is watched.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    server, port = start(cloud)
    print(port, flush=True)
    server.wait_for_termination()


def _leave(number: int, frame: Any) -> None:
    del number, frame
    os._exit(0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(0)
