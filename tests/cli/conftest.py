from tests.cli.calling import folder

__all__ = ["folder"]
