"""What an update would change: a proven plan beside what a state says is deployed."""

from segfw.changes.compare import Changes, Kind, LineChange, compare

__all__ = ["Changes", "Kind", "LineChange", "compare"]
