"""Lines of stdin, each as soon as it has ended: by a keyboard's LF, a file's CR LF, a scanner's lone CR or ETX."""

import codecs
import io
import re
import sys
from collections.abc import Iterator

_END = re.compile("[\r\n\x03]")
_AROUND = " \t\x02\ufeff"
"""Blanks, a scanner's STX and a file's byte order mark."""


def stdin_lines() -> Iterator[str]:
    """Lines that are not empty, without what is around them; the last one may have no end of its own.

    Bytes that are no text become U+FFFD: whoever takes the line refuses it and says so. Raises OSError.
    """
    stdin = sys.stdin
    if not isinstance(stdin, io.TextIOWrapper) or not isinstance(stdin.buffer, io.BufferedReader):
        return
    decoder = codecs.getincrementaldecoder(stdin.encoding)(errors="replace")
    rest = ""
    # Not the lines of `stdin` itself: after a CR it waits for the next code, to see whether that begins with LF.
    while data := stdin.buffer.read1(65536):
        *lines, rest = _END.split(rest + decoder.decode(data))
        yield from filter(None, (line.strip(_AROUND) for line in lines))
    if line := (rest + decoder.decode(b"", final=True)).strip(_AROUND):
        yield line
