"""The providers as processes: the port first, a quiet end, and no life after the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc

MODULES = ("sandbox.providers.aws", "sandbox.providers.azure_native")
ROOT = Path(__file__).parents[2]


def command(module: str) -> list[str]:
    return [sys.executable, "-u", "-m", module, "127.0.0.1:1"]


def environment(tmp_path: Path) -> dict[str, str]:
    return dict(os.environ) | {
        "PYTHONPATH": str(ROOT),
        "SEG_SANDBOX_ARM_STORE": str(tmp_path / "arm.json"),
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", MODULES)
def test_a_provider_says_its_port_and_ends_without_a_word(
    module: str, number: int, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        command(module),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            info = stub.GetPluginInfo(empty_pb2.Empty())
            stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
            stub.Cancel(empty_pb2.Empty())
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()

    assert info.version.count(".") == 2
    assert (process.returncode, out, err) == (0, "", "")


def test_a_provider_ends_with_its_parent(tmp_path: Path) -> None:
    start = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({command(MODULES[1])!r}, stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", start],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    for _ in range(100):
        if not _alive(child):
            return
        time.sleep(0.1)
    pytest.fail(f"the provider {child} outlived its parent by 10 s")


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
