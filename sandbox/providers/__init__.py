"""Stand-in provider plug-ins: the real engine and SDKs talk to them as to the real ones.

``aws`` works on a moto server, ``azure_native`` on the strict ARM of :mod:`sandbox.arm`.
Both refuse what the clouds refuse, with the clouds' error codes.
"""
