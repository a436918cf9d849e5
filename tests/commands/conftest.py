from tests.commands.counter import counter
from tests.commands.terminal import terminals, tmux

__all__ = ["counter", "terminals", "tmux"]
