"""Checks of others that look at what this project makes: whose, at what, and when they trip.

What each looks at is said in our words; `docs/reference/stock-checks.md` is written from here.
"""

from segfw.waivers.stock.aws import aws, guard
from segfw.waivers.stock.check import StockCheck, Tool, Trips
from segfw.waivers.stock.checkov import checkov, linted
from segfw.waivers.stock.others import others
from segfw.waivers.stock.prowler import prowler
from segfw.waivers.stock.trivy import trivy

__all__ = ["STOCK", "StockCheck", "Tool", "Trips"]

STOCK: dict[str, StockCheck] = {
    one.id: one for part in (checkov, linted, trivy, prowler, aws, guard, others) for one in part()
}
"""Every check by its id, in the order of the tools."""
