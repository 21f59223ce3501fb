"""Scanners' JSON becomes answers, or a sentence about why not."""

from __future__ import annotations

import pytest

from scan.findings import Answer, Hit, NotRead, cfn_lint_answer, checkov_answers
from tests.scan.canned import NOTHING, lint, report


def test_each_framework_of_checkov_is_an_answer_about_one_format():
    document = [report("terraform_json", ("CKV_AWS_231", "resource.public-acl")), report("arm")]

    assert list(checkov_answers(document)) == [
        Answer(
            "checkov 3.3.30",
            "terraform",
            "checks",
            3,
            (Hit("CKV_AWS_231", "resource.public-acl", "Ensure CKV_AWS_231"),),
        ),
        Answer("checkov 3.3.30", "arm", "checks", 3, ()),
    ]


def test_one_framework_alone_is_printed_without_a_list():
    assert [one.form for one in checkov_answers(report("cloudformation"))] == ["cloudformation"]


def test_no_framework_met_a_file():
    assert list(checkov_answers(NOTHING)) == []


def test_an_export_that_checkov_cannot_parse_is_said():
    document = report("arm")
    document["results"]["parsing_errors"] = ["/arm.json"]

    with pytest.raises(NotRead, match=r"checkov could not parse /arm\.json"):
        list(checkov_answers(document))


@pytest.mark.parametrize(
    "document",
    ["text", ["text"], {"results": {}}, {**report("arm"), "summary": {}}, report("helm")],
)
def test_another_form_of_checkovs_answer_is_said(document):
    with pytest.raises(NotRead, match="checkov's answer"):
        list(checkov_answers(document))


def test_cfn_lint_names_the_logical_id_or_the_line():
    document = [lint("E1151", "Resources", "Public", "Properties", "VpcId"), lint("E0000")]

    assert cfn_lint_answer(document, "cfn-lint 1", 9) == Answer(
        "cfn-lint 1",
        "cloudformation",
        "resources",
        9,
        (Hit("E1151", "Public", "E1151 is violated"), Hit("E0000", "line 60", "E0000 is violated")),
    )


@pytest.mark.parametrize("document", [None, [{}], ["text"]])
def test_another_form_of_cfn_lints_answer_is_said(document):
    with pytest.raises(NotRead, match="cfn-lint's answer"):
        cfn_lint_answer(document, "cfn-lint 1", 9)
