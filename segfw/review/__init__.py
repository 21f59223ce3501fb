"""Readers of the line: what a plan says to people and to machines. Nothing here decides."""
