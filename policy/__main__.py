"""The policy pack: `pulumi preview --policy-pack policy`."""

from guardrail_policies import POLICIES
from pulumi_policy import PolicyPack

PolicyPack(name="seg-firewall", policies=POLICIES)
