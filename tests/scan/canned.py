"""Answers of scanners as they print them, cut to what is read."""

from __future__ import annotations


def report(kind, *failed, passed=3, version="3.3.30"):
    """One framework's report of checkov; *failed* are pairs of a check and a resource."""
    return {
        "check_type": kind,
        "results": {
            "passed_checks": [],
            "failed_checks": [
                {
                    "check_id": check,
                    "bc_check_id": None,
                    "check_name": f"Ensure {check}",
                    "check_result": {"result": "FAILED"},
                    "file_path": "/main.tf.json",
                    "resource": resource,
                }
                for check, resource in failed
            ],
            "skipped_checks": [],
            "parsing_errors": [],
        },
        "summary": {
            "passed": passed,
            "failed": len(failed),
            "skipped": 0,
            "parsing_errors": 0,
            "resource_count": 0,
            "checkov_version": version,
        },
        "url": "Add an api key",
    }


NOTHING = {
    "passed": 0,
    "failed": 0,
    "skipped": 0,
    "parsing_errors": 0,
    "resource_count": 0,
    "checkov_version": "3.3.30",
}
"""What checkov prints where no framework met a file, or nothing was left after a baseline."""


def lint(rule, *path):
    """One finding of cfn-lint."""
    return {
        "Filename": "template.json",
        "Id": "1",
        "Level": "Error",
        "Location": {
            "End": {"ColumnNumber": 9, "LineNumber": 60},
            "Path": list(path) or None,
            "Start": {"ColumnNumber": 1, "LineNumber": 60},
        },
        "Message": f"{rule} is violated ",
        "Rule": {"Description": "", "Id": rule, "ShortDescription": "", "Source": ""},
    }
