"""Every page of the reference by its file name, and which of them differ from a folder's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from segfw.catalog import load_catalog
from segfw.cli.reference import (
    checklist_page,
    cli_page,
    diff_page,
    diff_schema,
    explain_page,
    explain_schema,
    features_page,
    guardrails_page,
    hosts_page,
    limits_page,
    plan_page,
    plan_schema,
    policy_page,
    policy_schema,
    proof_page,
    proof_schema,
    rows_page,
    settings_page,
    stock_page,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def all_pages() -> dict[str, str]:
    """File name to text: the same bytes wherever and whenever it runs."""
    catalog = load_catalog()
    schema = plan_schema.schema()
    proofs = proof_schema.schema()
    judgement = policy_schema.schema()
    differences = diff_schema.schema()
    answers = explain_schema.schema()
    return {
        "checklist.md": checklist_page.page(catalog),
        "cli.md": cli_page.page(),
        "diff-json.md": diff_page.page(differences),
        "diff.schema.json": json.dumps(differences, indent=2) + "\n",
        "explain-json.md": explain_page.page(answers),
        "explain.schema.json": json.dumps(answers, indent=2) + "\n",
        "features.md": features_page.page(catalog),
        "guardrails.md": guardrails_page.page(),
        "hosts.md": hosts_page.page(catalog),
        "limits.md": limits_page.page(),
        "plan-json.md": plan_page.page(schema),
        "plan.schema.json": json.dumps(schema, indent=2) + "\n",
        "policy-json.md": policy_page.page(judgement),
        "policy.schema.json": json.dumps(judgement, indent=2) + "\n",
        "proof-json.md": proof_page.page(proofs),
        "proof.schema.json": json.dumps(proofs, indent=2) + "\n",
        "rows.md": rows_page.page(catalog),
        "settings.md": settings_page.page(catalog),
        "stock-checks.md": stock_page.page(),
    }


def drift(folder: Path, pages: Mapping[str, str]) -> tuple[str, ...]:
    """The files of *folder* that are missing, differ, or belong to no page."""
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    differing = {
        name
        for name, text in pages.items()
        if name not in there or (folder / name).read_text(encoding="utf-8") != text
    }
    return tuple(sorted(differing | (there - set(pages))))
