from tests.commands.terminal import terminals, tmux

__all__ = ["terminals", "tmux"]
