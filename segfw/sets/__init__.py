"""Canonical sets of addresses, ports and packets, and their algebra.

Equal sets have one representation, so ``==`` and ``hash`` compare meaning.
Nothing here knows of gateways, clouds or configuration.
"""
