"""prowler's checks, read in its repository on 2026-11-24."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segfw.waivers.stock.check import (
    ACL,
    IN,
    PUBLIC_25_GROUP,
    PUBLIC_GROUP,
    REPLIES,
    StockCheck,
    Tool,
    Trips,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HIGH_RISK = (25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088)
"""The default of prowler's ec2_high_risk_ports."""


def prowler() -> Iterator[StockCheck]:
    """The checks of prowler for what this project makes."""
    group = "ec2_securitygroup_allow_ingress_from_internet_to_"
    for name, looks_at in (
        ("all_ports", "every port"),
        ("tcp_port_22", "port 22"),
        ("tcp_port_3389", "port 3389"),
        ("tcp_port_ftp_20_21", "ports 20 and 21"),
        ("tcp_port_telnet_23", "port 23"),
        ("tcp_port_cassandra_7199_9160_8888", "the ports of Cassandra"),
        ("tcp_port_elasticsearch_kibana_9200_9300_5601", "the ports of Elasticsearch and Kibana"),
        ("tcp_port_kafka_9092", "the port of Kafka"),
        ("tcp_port_memcached_11211", "the port of Memcached"),
        ("tcp_port_mongodb_27017_27018", "the ports of MongoDB"),
        ("tcp_port_mysql_3306", "the port of MySQL"),
        ("tcp_port_oracle_1521_2483", "the ports of Oracle"),
        ("tcp_port_postgres_5432", "the port of PostgreSQL"),
        ("tcp_port_redis_6379", "the port of Redis"),
        ("tcp_port_sql_server_1433_1434", "the ports of SQL Server"),
    ):
        yield StockCheck(
            group + name, Tool.PROWLER, f"a security group that admits any address to {looks_at}"
        )
    for id_, looks_at, trips in (
        (
            f"{group}any_port",
            "a security group rule that admits any address",
            PUBLIC_GROUP,
        ),
        (
            f"{group}any_port_from_ip",
            "a security group that admits a public address to a port, named networks too",
            None,
        ),
        (
            f"{group}high_risk_tcp_ports",
            "a security group that admits any address to a port of a list, 25 among them",
            PUBLIC_25_GROUP._replace(ports=HIGH_RISK),
        ),
        (
            "ec2_securitygroup_allow_wide_open_public_ipv4",
            "a security group that admits a large public network",
            None,
        ),
        (
            "ec2_securitygroup_default_restrict_traffic",
            "a VPC's default security group, which should allow nothing",
            None,
        ),
        ("ec2_securitygroup_from_launch_wizard", "a group that the console's wizard made", None),
        ("ec2_securitygroup_not_used", "a security group that nothing uses", None),
        (
            "ec2_securitygroup_with_many_ingress_egress_rules",
            "a security group of more than 50 rules; the lab, with every feature, comes near",
            None,
        ),
        ("ec2_networkacl_allow_ingress_any_port", "a network ACL that admits any address", None),
        (
            "ec2_networkacl_allow_ingress_tcp_port_22",
            "a network ACL that admits any address to port 22",
            None,
        ),
        (
            "ec2_networkacl_allow_ingress_tcp_port_3389",
            "a network ACL that admits any address to port 3389",
            Trips(REPLIES, ACL, IN, (3389,)),
        ),
        ("ec2_networkacl_unused", "a network ACL without subnets", None),
        ("vpc_flow_logs_enabled", "flow logs of a VPC", None),
        (
            "network_rdp_internet_access_restricted",
            "an NSG that admits the internet to port 3389",
            None,
        ),
        (
            "network_ssh_internet_access_restricted",
            "an NSG that admits the internet to port 22",
            None,
        ),
        (
            "network_http_internet_access_restricted",
            "an NSG that admits the internet to port 80",
            None,
        ),
        (
            "network_udp_internet_access_restricted",
            "an NSG that admits the internet over UDP",
            None,
        ),
        ("network_subnet_nsg_associated", "a subnet without an NSG", None),
        ("network_flow_log_captured_sent", "flow logs of NSGs", None),
        ("network_flow_log_more_than_90_days", "how long flow logs of NSGs are kept", None),
        ("network_watcher_enabled", "a region without a network watcher", None),
        ("network_vnet_ddos_protection_enabled", "a network without DDoS protection", None),
        ("network_bastion_host_exists", "a subscription without a bastion", None),
        ("network_public_ip_shodan", "a public address that Shodan lists", None),
    ):
        yield StockCheck(id_, Tool.PROWLER, looks_at, trips)
