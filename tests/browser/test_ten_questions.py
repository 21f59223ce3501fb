"""Each of the ten questions is answered on the page, where `docs/ten-questions.md` says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.browsing import opened

DOC = (Path(__file__).resolve().parents[2] / "docs" / "ten-questions.md").read_text("utf-8")
TABLE = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", DOC, re.MULTILINE)
ANSWERS = {
    "1": ("tcp 25 (receive-mail)", "✓"),
    "2": ("bastion (2 addresses) to management: tcp 22", "✓"),
    "3": ("Nobody from outside.", "✓"),
    "4": ("internet (any IPv4 address): tcp 25 from public, for send-mail", "✓"),
    "5": ("Nothing.", "✓"),
    "6": (", every resource: until 2027-11-19, waiver of mail-operations", "✓"),
    "7": ('network ACL "public", entries ingress IPv4: 9 of 19', "✓"),
    "8": ("the vendor does not say", "●"),
    "9": ("2 lists of 15 with an owner", "●"),
    "10": ("8 items of 8 on the gateway: ip-access-list", "●"),
}
"""What config/Pulumi.aws-prod-us-east-1.yaml and its imports say."""
WHOLE = {
    "1": ("from the internet", "tcp 25", "config/shared/base.yaml:6", "since 2026-11-02"),
    "2": ("bastion", "tcp 22", "platform", "2026-11-02", "config/shared/company.yaml:6"),
    "3": ("relay-mail", "internal-mail"),
    "4": ("talos", "is called from public", "tcp 443"),
    "5": ("None: the rules allow exactly what the features need.",),
    "6": ("gateway-checklist", "2027-11-19", "mail-operations", "there is no gateway"),
    "7": ("9 of 19", "47 percent"),
    "8": ("res.cisco.com", "not known", "by the proxy web-proxies, port 3128"),
    "9": ("admins", "10.40.0.0/26", "mail-operations", "IPAM", "2026-11-02"),
    "10": ("ip-access-list", "to do"),
}


@pytest.fixture(scope="module")
def page(browser, pages):
    with opened(browser, pages["aws-prod-us-east-1"]) as found:
        yield found.page


def test_the_page_of_the_documentation_has_ten_questions():
    assert [number for number, _, _ in TABLE] == [str(n) for n in range(1, 11)]
    assert re.findall(r"^## (\d+)\. (.+)$", DOC, re.MULTILINE) == [(n, q) for n, q, _ in TABLE]


@pytest.mark.parametrize(("number", "question", "under"), TABLE, ids=[n for n, _, _ in TABLE])
def test_a_question_is_answered_in_short_and_in_full_where_the_page_says(
    page, number, question, under
):
    card = page.locator(".card").nth(int(number) - 1)
    assert card.locator("h3").inner_text() == f"{number}. {question}"
    answer, mark = ANSWERS[number]
    assert answer in card.inner_text()
    assert mark in card.locator(".tone").inner_text()

    card.locator("a").click()
    heading = page.locator(f'[id="{page.url.rpartition("#")[2]}"]')
    assert heading.inner_text() == under
    assert heading.is_visible()
    section = page.locator("section", has=heading)
    text = re.sub(r"\s+", " ", section.inner_text())
    assert [words for words in WHOLE[number] if words not in text] == []


def test_the_quarantine_has_no_row_in_the_matrix_where_nobody_reaches_it(page):
    rows = page.locator("#matrix-table tbody th").all_inner_texts()
    assert "receive-mail" in rows
    assert not {"quarantine-https", "quarantine-http"} & set(rows)
