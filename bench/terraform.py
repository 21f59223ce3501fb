"""The same resources by Terraform, where it and its provider are there already.

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
from typing import Any

FOLDER = "SEG_BENCH_TERRAFORM_PLUGINS"
KINDS = {  # version 5 of the provider has no exclusive rules, so they are left out
    "SecurityGroup": "aws_security_group",
    "NetworkAcl": "aws_network_acl",
    "NetworkInterfaceSecurityGroupAttachment": "aws_network_interface_sg_attachment",
    "SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
    "SecurityGroupEgressRule": "aws_vpc_security_group_egress_rule",
}
ENTRY = {
    "action", "cidr_block", "from_port", "icmp_code", "icmp_type", "ipv6_cidr_block", "protocol",
    "rule_no", "to_port",
}  # fmt: skip
"""Every key of a network ACL's entry: in JSON, an absent one is null."""
REFERENCE = re.compile(r"\$\{(.+)\.id\}")


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

    def write(self, resources: list[list[Any]]) -> None:
        """The program of *resources* (kind, name, inputs), with its provider at hand."""
        self.folder.mkdir(parents=True, exist_ok=True)
        resources = [one for one in resources if one[0] in KINDS]
        labels = {name: f"r{place}" for place, (_, name, _) in enumerate(resources)}
        addresses = {name: f"{KINDS[kind]}.{labels[name]}" for kind, name, _ in resources}
        rules = {name for kind, name, _ in resources if kind.endswith("gressRule")}

        def resolved(value: Any) -> Any:
            if isinstance(value, list):
                return [resolved(one) for one in value]
            found = REFERENCE.fullmatch(value) if isinstance(value, str) else None
            if found is None:
                return value
            name = found.group(1)
            key = "security_group_rule_id" if name in rules else "id"
            return f"${{{addresses[name]}.{key}}}"

        made: dict[str, dict[str, Any]] = {}
        for kind, name, inputs in resources:
            whole = {key: resolved(value) for key, value in inputs.items()}
            for side in ("ingress", "egress"):
                if side in whole:
                    whole[side] = [dict.fromkeys(ENTRY) | entry for entry in whole[side]]
            made.setdefault(KINDS[kind], {})[labels[name]] = whole
        program = {
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
            "provider": {"aws": self.provider},
            "resource": made,
        }
        (self.folder / "main.tf.json").write_text(json.dumps(program), "utf-8")
        self._run("init", f"-plugin-dir={os.environ[FOLDER]}")

    def plan(self) -> None:
        """What `apply` would do."""
        self._run("plan")

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
        flags = () if words[0] == "state" else ("-input=false", "-no-color")
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
            raise SystemExit(f"error: terraform {words[0]} ended with\n{done.stderr[-3000:]}")
        return done.stdout
