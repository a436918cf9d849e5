"""Why the system did not do something, in the user's words."""

import errno
import os
import re
import socket

from kkm_sim.tui.catalogue import Words


def reason_of(error: OSError, words: Words) -> str:
    """The reason; as the system words it where the catalogue has no words for it."""
    if isinstance(error, socket.gaierror):
        return words.no_such_host
    number = error.errno
    if number is None:
        if isinstance(error, TimeoutError):
            return words.silence
        # A name with several addresses, none of which could be reached: asyncio tells of them in one sentence.
        found = re.search(r"\[Errno (\d+)\]", str(error))
        if found is None:
            return str(error)
        number = int(found[1])
    if number == errno.ECONNREFUSED:
        return words.refused_connection
    return words.system_errors.get(number) or os.strerror(number)
