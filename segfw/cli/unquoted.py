"""A packet that stands on the command line without quotes."""

from __future__ import annotations

import click


class Asking(click.Command):
    """A command that says so where a packet was written without quotes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the call; the shell has split a packet that was not quoted into words."""
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if not _is_split(words):
                raise
            raise click.UsageError(
                'write the packet in quotes, such as "in tcp 198.51.100.7 -> management:22"; '
                "without them a shell takes > for the name of a file to write to "
                f"({error.format_message().rstrip('.')}).",
                ctx,
            ) from None


def _is_split(words: list[str]) -> bool:
    """A direction stands alone, or the arrow that ends in what a shell takes for itself."""
    from segfw.review.explain.question import ARROW, WAYS

    options = {at + 1 for at, word in enumerate(words) if word.startswith("--")}
    return ARROW in words or any(
        word.lower() in WAYS and at not in options for at, word in enumerate(words)
    )
