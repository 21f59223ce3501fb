"""Scanners of others over what the stacks export, held against the register of waivers.

``make scan`` runs it. It is for this project's checkout and in no distribution.
"""
