"""Would this packet pass, why, and what would have to be set for it to pass.

A question is read (`question`), put to each enforcement point on the packet's way
(`layers`, `path`), and the answer is given its reasons (`reasons`), the flows that come
nearest (`nearest`) and proposals that were tried (`proposals`).
"""
