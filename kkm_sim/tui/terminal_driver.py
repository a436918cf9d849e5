"""A terminal driver for Linux and macOS that bears bytes which are no text. POSIX only."""

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Textual's own ends the screen with a traceback at the first byte that is no UTF-8, which a paste may hold.

    github.com/Textualize/textual/issues/6456
    """

    def run_input_thread(self) -> None:
        while True:
            try:
                super().run_input_thread()
            except UnicodeDecodeError:
                continue  # what was read with it is dropped; what comes next is read as ever
            return
