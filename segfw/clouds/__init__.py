"""One folder to an enforcement point: `spec` (its resources), `lower` (to) and `lift` (back).

`lower` and `lift` share only `spec`, which names types and fields: what reads a
resource back must not trust what wrote it.
"""
