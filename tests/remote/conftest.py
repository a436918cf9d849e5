from tests.commands.counter import counter
from tests.remote.beside import held

__all__ = ["counter", "held"]
