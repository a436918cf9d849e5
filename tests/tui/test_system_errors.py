import errno
import os
import socket

import pytest

from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN
from kkm_sim.tui.system_errors import reason_of


def failed(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("error", "english", "russian"),
    [
        (failed(errno.ECONNREFUSED), "nobody listens there", "там никто не отвечает"),
        (failed(errno.ENOENT), "No such file or directory", "нет такого файла или папки"),
        (failed(errno.EACCES), "Permission denied", "нет прав"),
        (failed(errno.ENOSPC), "No space left on device", "нет места на диске"),
        (failed(errno.EDEADLK), os.strerror(errno.EDEADLK), os.strerror(errno.EDEADLK)),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "there is no such host", "такого узла нет"),
        (TimeoutError("timed out"), "silence", "тишина"),
        (OSError("cannot read from timed out object"), *["cannot read from timed out object"] * 2),
    ],
    ids=lambda value: repr(value) if isinstance(value, OSError) else "",
)
def test_in_the_users_words(error: OSError, english: str, russian: str) -> None:
    assert (reason_of(error, ENGLISH), reason_of(error, RUSSIAN)) == (english, russian)
