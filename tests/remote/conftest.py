from tests.commands.counter import counter

__all__ = ["counter"]
