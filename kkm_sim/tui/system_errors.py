"""Why the system did not do something, in the user's words."""

import errno
import os
import socket

from kkm_sim.tui.catalogue import Words


def reason_of(error: OSError, words: Words) -> str:
    """The reason; as the system words it where the catalogue has no words for it."""
    if isinstance(error, socket.gaierror):
        return words.no_such_host
    if error.errno is None:
        return words.silence if isinstance(error, TimeoutError) else str(error)
    if error.errno == errno.ECONNREFUSED:
        return words.refused_connection
    return words.system_errors.get(error.errno) or os.strerror(error.errno)
