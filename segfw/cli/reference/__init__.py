"""The generated reference: `docs/reference/`, written from the catalog, the types and the code.

``python -m segfw.cli.reference --write docs/reference`` writes the pages; ``--check``
compares them and names those that differ.
"""

from segfw.cli.reference.pages import all_pages, drift

__all__ = ["all_pages", "drift"]
