"""The stack: one Secure Email Gateway firewall from the stack's config."""

import pulumi

from components import SecureEmailGatewayFirewall

firewall = SecureEmailGatewayFirewall("seg")

pulumi.export("securityGroupIds", firewall.security_group_ids)
pulumi.export("networkAclIds", firewall.network_acl_ids)
pulumi.export("nsgIds", firewall.nsg_ids)
pulumi.export("digest", firewall.digest)
pulumi.export("readme", firewall.readme)
