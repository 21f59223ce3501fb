"""The guardrails, one to a module."""
