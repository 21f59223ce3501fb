"""The environment in which the sandbox's engine and providers run: local, and nobody else's.

Every file lies below one folder, the project's ignored `.sandbox/` unless a test says otherwise.
The variables start from the caller's, less everything that could lead to an account: the user's
own Pulumi home, login and cloud credentials are neither read nor written.
"""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.toolchain import Engine

PROJECT = Path(__file__).resolve().parent.parent

PASSPHRASE = "sandbox"  # noqa: S105 - public on purpose, it encrypts nothing secret

# Prefixes of variables that hold credentials, or that would point the engine or an SDK elsewhere.
DROPPED_PREFIXES = (
    "AWS_",
    "ARM_",
    "AZURE_",
    "BOTO",
    "CLOUDSDK_",
    "GCP_",
    "GOOGLE_",
    "IDENTITY_",
    "MSI_",
    "PULUMI_",
    "SEG_SANDBOX_",
)

# gRPC and botocore would send even calls to 127.0.0.1 through these.
DROPPED_NAMES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "GRPC_PROXY", "PYTHONHOME")

FUNCTION = """\
pulumi() {{
  if [ "$(pwd -P)" = {0} ]; then {1} -m sandbox pulumi -- "$@"; else command pulumi "$@"; fi
}}"""


def _dropped(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(DROPPED_PREFIXES) or upper in DROPPED_NAMES


def _caller() -> dict[str, str]:
    return dict(os.environ)


def _shared_tools() -> Path:
    named = os.environ.get("SEG_SANDBOX_TOOLS")
    return Path(named).expanduser().absolute() if named else PROJECT / ".tools"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where the sandbox keeps things, and the variables it runs with.

    *root* holds all state and can be deleted as a whole when nothing runs; *tools* holds the
    engine, may be shared by several checkouts (`SEG_SANDBOX_TOOLS`), and never holds state.
    """

    root: Path = PROJECT / ".sandbox"
    tools: Path = field(default_factory=_shared_tools)
    base: Mapping[str, str] = field(default_factory=_caller, repr=False)

    @property
    def home(self) -> Path:
        """`PULUMI_HOME`, with the private plug-in cache."""
        return self.root / "home"

    @property
    def backend(self) -> Path:
        """The folder of the engine's file backend, with the stacks' state."""
        return self.root / "backend"

    @property
    def config(self) -> Path:
        """The sandbox's own copies of the stack files; the engine writes a salt into them."""
        return self.root / "config"

    @property
    def state(self) -> Path:
        """Each stack's exported state after `up`, for people and for tools."""
        return self.root / "state"

    @property
    def run(self) -> Path:
        """Records of the processes that the sandbox started."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """What those processes print, and the engine's event logs."""
        return self.root / "logs"

    @property
    def arm_store(self) -> Path:
        """All that exists in the stand-in Azure."""
        return self.root / "arm.json"

    @property
    def calls(self) -> Path:
        """Every API call of the stand-in providers, one JSON object per line."""
        return self.root / "calls.jsonl"

    def config_file(self, stack: str) -> Path:
        """The sandbox's copy of the stack file of *stack*."""
        return self.config / f"Pulumi.{stack}.yaml"

    def prepare(self) -> None:
        """Make the folders; those that exist are left alone."""
        for folder in (self.home, self.backend, self.config, self.state, self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True)

    def overrides(self, engine: Engine | None = None) -> dict[str, str]:
        """What the sandbox sets, on top of the caller's variables without the dropped ones."""
        nowhere = self.root / "no-credentials"
        python = Path(sys.executable)
        front = (
            [str(python.parent)] if engine is None else [str(engine.cli.parent), str(python.parent)]
        )
        values = {
            "PATH": os.pathsep.join([*front, self.base.get("PATH", os.defpath)]),
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": self.backend.absolute().as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_CREDENTIAL_STORE": "plaintext",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
            "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
            "PULUMI_SUPPRESS_NEO_LINK": "true",
            "AWS_SHARED_CREDENTIALS_FILE": str(nowhere / "aws-credentials"),
            "AWS_CONFIG_FILE": str(nowhere / "aws-config"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AZURE_CONFIG_DIR": str(nowhere / "azure"),
            "SEG_SANDBOX_ARM_STORE": str(self.arm_store),
            # The sandbox's account had this quota raised to the most that AWS grants.
            "SEG_SANDBOX_NACL_ENTRIES": "40",
            "SEG_SANDBOX_CALLS": str(self.calls),
            "SEG_SANDBOX_TOOLS": str(self.tools),
            # The wrapper beside a built engine starts the language host that these name.
            "SEG_SANDBOX_PYTHON": str(python),
            "SEG_SANDBOX_LANGUAGE_HOST": str(PROJECT / "sandbox" / "language_host.py"),
        }
        if engine is None or engine.host_is_bundled:
            # A provider plug-in on the user's PATH must not come before the stand-in.
            values["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "true"
        return values

    def variables(self, engine: Engine | None = None) -> dict[str, str]:
        """The whole environment of a process in the sandbox."""
        kept = {name: value for name, value in self.base.items() if not _dropped(name)}
        return kept | self.overrides(engine)

    def shell_lines(self, engine: Engine | None = None) -> list[str]:
        """Lines that turn a POSIX shell into one inside the sandbox, unsetting what it drops.

        The engine has no variable for the folder of the stack files, so in the project's folder
        `pulumi` is a function that adds the sandbox's file; elsewhere it is the engine itself.
        """
        overrides = self.overrides(engine)
        dropped = sorted(name for name in self.base if _dropped(name) and name not in overrides)
        unset = [f"unset {name}" for name in dropped]
        export = [f"export {name}={shlex.quote(value)}" for name, value in overrides.items()]
        return [*unset, *export, FUNCTION.format(*map(shlex.quote, (str(PROJECT), sys.executable)))]
