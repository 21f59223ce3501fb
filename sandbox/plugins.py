"""Puts the stand-in providers into the sandbox's own plug-in cache.

The engine finds them there under the names and versions of the real ones, so it prints no warning
and a stack's state reads as it would in the cloud.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from sandbox.environment import PROJECT, Environment
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

WRAPPER = """\
#!/bin/sh
PYTHONSAFEPATH=1 PYTHONPATH={project} exec {python} -u -m {module} "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A provider plug-in of ours in the place of a real one.

    Its version is that of *distribution*, the SDK whose resources it takes.
    """

    package: str
    distribution: str
    module: str

    @property
    def version(self) -> str:
        """The version of the installed SDK.

        Raises:
            SandboxError: the SDK is not installed.
        """
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            message = (
                f"{self.distribution} is not installed in {sys.prefix}; "
                "run `make venv`, or install requirements-dev.txt."
            )
            raise SandboxError(message) from None


STAND_INS = (
    StandIn(package="aws", distribution="pulumi-aws", module="sandbox.providers.aws"),
    StandIn(
        package="azure-native",
        distribution="pulumi-azure-native",
        module="sandbox.providers.azure_native",
    ),
)


def install(environment: Environment) -> tuple[Path, ...]:
    """Write every stand-in's wrapper; the wrappers' paths. Writing them again changes nothing."""
    return tuple(_install(environment, stand_in) for stand_in in STAND_INS)


def _install(environment: Environment, stand_in: StandIn) -> Path:
    folder = environment.home / "plugins" / f"resource-{stand_in.package}-v{stand_in.version}"
    folder.mkdir(parents=True, exist_ok=True)
    wrapper = folder / f"pulumi-resource-{stand_in.package}"
    wrapper.write_text(
        WRAPPER.format(
            project=shlex.quote(str(PROJECT)),
            python=shlex.quote(sys.executable),
            module=stand_in.module,
        ),
        "utf-8",
    )
    wrapper.chmod(0o755)
    return wrapper
