"""The stack's readme output, in Markdown."""

from __future__ import annotations

import pytest

from segfw.review.readme import attachments, cloud_blocks, readme
from segfw.review.remarks import CLOUD_BLOCKS
from segfw.settings.types import Cloud
from tests.review.planning import CATALOG, TODAY, features, plan_of
from tests.settings.reading import ON_AZURE

ELSEWHERE = (
    "attached elsewhere: whoever owns the network interface adds the output "
    "securityGroupIds.{}; until then it protects nothing."
)
WHOLE = """\
# Secure Email Gateway firewall: test

## On the gateway itself

- [x] **Admit administrators by address** (`ip-access-list`) (confirmed by Mara, 2026-11-01)
  The gateway should accept its web interface and command line from known addresses only. Give it the same prefixes as the rules have, those of Cisco Secure Email and Web Manager and of the cluster members included; whoever is not on the list is locked out as soon as it is committed.

  ```
  adminaccessconfig
  ipaccess
  10.9.0.0/28
  commit
  ```

- [ ] **Enter the static routes** (`static-routes`)
  The gateway sends by its routing table, and the rules follow the routes of this stack. Without the same routes on the gateway, traffic leaves by an interface whose rules refuse it.

  ```
  routeconfig
  new
    admins: 10.9.0.0/28 via the router of management
    sma: 10.9.2.0/32 via the router of management
    mail-servers: 10.9.1.0/28 via the router of private
  commit
  ```

  Confirm these commands in your release.


## What the cloud still blocks

Nothing that this stack needs.

## Where the rules apply

- security group "management": attached elsewhere: whoever owns the network interface adds the output securityGroupIds.management; until then it protects nothing.
- security group "private": attached elsewhere: whoever owns the network interface adds the output securityGroupIds.private; until then it protects nothing.
- security group "public": attached elsewhere: whoever owns the network interface adds the output securityGroupIds.public; until then it protects nothing.
"""


def test_a_readme_has_the_checklist_what_is_blocked_and_where_rules_apply():
    done = (
        '  seg-firewall:gateway:\n    checklist: {ip-access-list: {by: Mara, date: "2026-11-01"}}\n'
    )
    plan = plan_of(features("ssh-admin: {}", done))

    assert readme(plan, CATALOG, today=TODAY) == WHOLE


def test_an_item_without_commands_is_its_title_and_reason():
    public = "  seg-firewall:networks: {branch: [198.51.100.0/28]}\n"
    text = readme(plan_of(features("ssh-admin: {from: [branch]}", public)), CATALOG, today=TODAY)

    item = text.partition("(`no-public-address`)\n")[2].split("\n")
    assert item[0].startswith("  management admit public addresses")
    assert item[1:4] == ["", "## What the cloud still blocks", ""]


@pytest.mark.parametrize("feature", ["send-mail: {}", "deliver-inside: {}"])
def test_a_stack_that_sends_mail_is_told_of_port_25(feature):
    assert cloud_blocks(plan_of(features(feature))) == (CLOUD_BLOCKS[Cloud.AWS],)
    assert cloud_blocks(plan_of(features(feature), ON_AZURE)) == (CLOUD_BLOCKS[Cloud.AZURE],)


def test_a_stack_that_sends_none_is_not():
    assert cloud_blocks(plan_of(features("ssh-admin: {}"))) == ("Nothing that this stack needs.",)


def test_each_cloud_says_where_its_sentence_comes_from():
    assert "https://repost.aws/" in CLOUD_BLOCKS[Cloud.AWS]
    assert "https://learn.microsoft.com/" in CLOUD_BLOCKS[Cloud.AZURE]


def test_what_we_attach_is_told_from_what_others_do():
    attached = (
        "  seg-firewall:interfaces:\n"
        "    management:\n"
        "      securityGroup: {attach: [eni-2, eni-1]}\n"
        "      networkAcl: {subnetIds: [subnet-2, subnet-1], fit: merge}\n"
    )

    assert set(attachments(plan_of(features("ssh-admin: {}", attached)))) == {
        'security group "management": attached by us to eni-1, eni-2.',
        'network ACL "management": attached by us: takes over subnet-1, subnet-2.',
        f'security group "private": {ELSEWHERE.format("private")}',
        f'security group "public": {ELSEWHERE.format("public")}',
    }


def test_an_nsg_is_always_attached_by_others():
    assert attachments(plan_of(features("ssh-admin: {}"), ON_AZURE))[0] == (
        'NSG "management": attached elsewhere: whoever owns the network interface or subnet sets '
        "its networkSecurityGroup to the output nsgIds.management."
    )
