"""Features that nearly every gateway has on, and those that many add."""

from __future__ import annotations

USUAL = (
    "receive-mail",
    "send-mail",
    "deliver-inside",
    "dns",
    "ntp",
    "updates",
    "talos",
    "ssh-admin",
    "gui-https",
    "quarantine-https",
    "syslog",
)
"""What ``config/shared/base.yaml`` switches on, ``pmtu`` apart, which is on by itself."""
OFTEN_ADDED = (
    "relay-mail",
    "submission",
    "new-ui",
    "smart-licensing",
    "file-reputation",
    "file-analysis",
    "ldaps",
    "snmp",
    "icmp-echo",
    "cluster",
    "central-reporting",
    "central-spam-quarantine",
    "central-quarantines",
)
"""What production has besides, in most deployments: shown in a new file with what each opens."""
