"""Pulumi components for Secure Email Gateway firewalls: thin, over what `segfw` planned.

Nothing of a cloud's SDK is imported until a component of that cloud is made.
"""

from components.firewall import SecureEmailGatewayFirewall, SecureEmailGatewayFirewallArgs

__all__ = ["SecureEmailGatewayFirewall", "SecureEmailGatewayFirewallArgs"]
