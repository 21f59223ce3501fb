"""The policy pack: `pulumi preview --policy-pack policy`."""

from threading import Thread

from guardrail_policies import POLICIES, warm_up
from pulumi_policy import PolicyPack

Thread(target=warm_up, daemon=True).start()
PolicyPack(name="seg-firewall", policies=POLICIES)
