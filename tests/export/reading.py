"""Exports read back, each by the words of its own format, into what the cloud would let through.

Written apart from `segfw.export`: a reader takes nothing from it but the text of an export.
"""

from tests.export.lifting import planned_spaces
from tests.export.reading_arm import read_arm
from tests.export.reading_cloudformation import read_cloudformation
from tests.export.reading_csv import read_csv, rows_of
from tests.export.reading_terraform import read_terraform

__all__ = ["READERS", "planned_spaces", "rows_of"]

READERS = {
    "terraform": read_terraform,
    "cloudformation": read_cloudformation,
    "arm": read_arm,
    "csv": read_csv,
}
