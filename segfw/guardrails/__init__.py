"""Guardrails: policies of ours that judge packets, over the resources of whoever made them."""
