"""Kinds of words that several commands understand, with what to say when they are not understood."""

import argparse


def address(text: str) -> tuple[str, int]:
    """HOST:PORT of an option; port 0 is any free one."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, for example 127.0.0.1:0")
    return host.strip("[]") or "127.0.0.1", int(port)


def till_address(text: str) -> int:
    """A till's address, 1 to 98."""
    if not text.isdecimal() or not 1 <= int(text) <= 98:
        raise argparse.ArgumentTypeError(f"{text!r} is not a till's address, 1 to 98")
    return int(text)


def whole_number(text: str) -> int:
    """A whole number, not negative."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def add_verbose(command: argparse.ArgumentParser) -> None:
    """-v, of every command."""
    command.add_argument(
        "-v", "--verbose", action="count", default=0, help="log findings to stderr; twice: packets too"
    )


def add_line(parser: argparse.ArgumentParser, title: str) -> None:
    """The options that say where the line is, of which one may be given."""
    line = parser.add_argument_group(title).add_mutually_exclusive_group()
    line.add_argument("--port", metavar="URL", help="a serial device or any pyserial URL")
    line.add_argument("--pty", metavar="LINK", nargs="?", const="", help="make a pty, and a symlink LINK to it (POSIX)")
    line.add_argument("--tcp", metavar="HOST:PORT", type=address, help="raw bytes over TCP; port 0 = any free one")
    line.add_argument("--rfc2217", metavar="HOST:PORT", type=address, help="telnet with COM port control (RFC 2217)")
