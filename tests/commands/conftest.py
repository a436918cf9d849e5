from tests.commands.terminal import terminals

__all__ = ["terminals"]
