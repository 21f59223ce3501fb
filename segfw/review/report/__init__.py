"""A stack as a reviewer reads it: one record with everything that a report shows.

Pure: the day, the dates of config lines and the findings of the guardrails come in as
arguments. `segfw.cli.report` sets it as HTML and as Markdown.
"""
