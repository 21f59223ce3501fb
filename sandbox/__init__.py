"""A Pulumi engine and two stand-in clouds on this machine, for trying, testing and reviewing.

Nothing here talks to a cloud, and nothing in `segfw`, `components` or `policy` knows of it.
"""
