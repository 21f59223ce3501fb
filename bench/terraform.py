"""The same resources by Terraform, where it and its provider are there already.

What writes them for Terraform is `segfw.export`; this module runs Terraform.
Nothing is downloaded: `SEG_BENCH_TERRAFORM_PLUGINS` names the folder with the provider
(a file-system mirror, as `terraform providers mirror` makes it).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.export.terraform import terraform

if TYPE_CHECKING:
    from segfw.plan import Plan

FOLDER = "SEG_BENCH_TERRAFORM_PLUGINS"
FLAGS: dict[str, tuple[str, ...]] = {"state": (), "validate": ("-no-color",)}
"""Flags of commands that do not take those of all others."""


def absent() -> str:
    """Why Terraform cannot run; empty where it can."""
    if shutil.which("terraform") is None:
        return "there is no terraform on PATH"
    plugins = os.environ.get(FOLDER)
    if not plugins:
        return f"{FOLDER} does not name a folder with the aws provider"
    if not any(Path(plugins).rglob("terraform-provider-aws*")):
        return f"{FOLDER} has no aws provider"
    return ""


def versions() -> dict[str, str]:
    """Terraform's number and the provider's, for those who can run."""
    if absent():
        return {"terraform": "not installed" if "PATH" in absent() else "no provider"}
    done = subprocess.run(
        ["terraform", "version", "-json"],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    )
    provider = next(Path(os.environ[FOLDER]).rglob("terraform-provider-aws*")).name
    numbers = re.search(r"\d+\.\d+\.\d+", provider)
    return {
        "terraform": json.loads(done.stdout)["terraform_version"],
        "terraform-provider-aws": numbers.group() if numbers else "of unknown version",
    }


class Program:
    """A folder with one `main.tf.json`."""

    def __init__(self, folder: Path, endpoint: str, region: str) -> None:
        """Nothing is written yet."""
        self.folder = folder
        self.provider = {
            "region": region,
            "access_key": "test",
            "secret_key": "test",
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_requesting_account_id": True,
            "endpoints": [{"ec2": endpoint, "sts": endpoint}],
        }

    def write(self, plan: Plan) -> None:
        """The program of *plan* as `segfw export` writes it, but for its provider; ready to run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        program = json.loads(terraform(plan, load_catalog()))
        program["provider"] = {"aws": self.provider}
        (self.folder / "main.tf.json").write_text(json.dumps(program, indent=2), "utf-8")
        self._run("init", f"-plugin-dir={os.environ[FOLDER]}")

    def validate(self) -> None:
        """Whether the provider knows every resource and argument."""
        self._run("validate")

    def plan(self) -> str:
        """What `apply` would do, in Terraform's words."""
        return self._run("plan")

    def apply(self) -> None:
        """Make it so."""
        self._run("apply", "-auto-approve")

    def destroy(self) -> None:
        """Delete it all."""
        self._run("destroy", "-auto-approve")

    def count(self) -> int:
        """How many resources the state has."""
        return len(self._run("state", "list").split())

    def _run(self, *words: str) -> str:
        flags = FLAGS.get(words[0], ("-input=false", "-no-color"))
        own = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
        done = subprocess.run(
            ["terraform", *words, *flags],  # noqa: S607
            cwd=self.folder,
            env=own | {"CHECKPOINT_DISABLE": "1", "NO_PROXY": "127.0.0.1,localhost"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"error: terraform {words[0]} ended with\n{done.stderr[:3000]}")
        return done.stdout
