"""A company's estate: 50 stacks that look like real ones, the same for each seed."""

from tests.estate.estate import SIZE, plans_of, write_estate

__all__ = ["SIZE", "plans_of", "write_estate"]
