"""Waivers: accepted findings, each with its place, reason, owner and last day."""

from segfw.waivers.known import Known, known_words
from segfw.waivers.reading import read_waivers
from segfw.waivers.used import Judged, Scope, judged
from segfw.waivers.waiver import State, Subject, Waiver, Waivers, waived

__all__ = [
    "Judged",
    "Known",
    "Scope",
    "State",
    "Subject",
    "Waiver",
    "Waivers",
    "judged",
    "known_words",
    "read_waivers",
    "waived",
]
