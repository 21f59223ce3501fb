"""The stack: one Secure Email Gateway firewall from the stack's config."""

import pulumi

from components import SecureEmailGatewayFirewall
from segfw.problems import ProblemsFound
from segfw.proof import ProofFailed

try:
    firewall = SecureEmailGatewayFirewall("seg")
except ProblemsFound as found:
    raise pulumi.RunError(f"nothing was made:\n{found}") from None
except ProofFailed as failed:
    raise pulumi.RunError(f"nothing was made, by a bug in seg-firewall:\n{failed}") from None

pulumi.export("securityGroupIds", firewall.security_group_ids)
pulumi.export("networkAclIds", firewall.network_acl_ids)
pulumi.export("nsgIds", firewall.nsg_ids)
pulumi.export("digest", firewall.digest)
pulumi.export("readme", firewall.readme)
