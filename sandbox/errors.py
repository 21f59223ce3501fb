"""What stops the sandbox, as a text for the person at the terminal."""


class SandboxError(Exception):
    """The sandbox cannot go on; the text says what is missing and what to do next."""
