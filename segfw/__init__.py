"""Firewall as code for virtual Cisco Secure Email Gateways: the pure core."""
