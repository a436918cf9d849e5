"""The floor of every figure: the least a Python program can do on a pty, and never parse a byte.

Answers what is read by turns: RDY → 5 bytes; RDY, DATA, ACK → 5, 58, 0 bytes, the lengths of a PING exchange;
after a paced till's time, which it sleeps: RDY → 5 bytes.
"""

import os
import sys
import time
import tty

TURNS = {
    "rdy": ((5, bytes(5)),),
    "ping": ((5, bytes(5)), (11, bytes(58)), (5, b"")),
    "paced rdy": ((5, bytes(5)),),
}
"""What is read, what is answered, by turns."""
SLEEP_S = {"paced rdy": 10 * 173_612e-9 + 0.01}
"""The bytes both ways and the gap between them."""


def main(kind: str) -> None:
    """Prints where its pty is, as a till does, then answers for ever."""
    master, slave = os.openpty()
    tty.setraw(slave)
    # By hand: importing `json` would raise the floor of what a start costs.
    print(f'{{"port": "{os.ttyname(slave)}", "http": null}}', flush=True)
    turns, sleep = TURNS[kind], SLEEP_S.get(kind)
    while True:
        for size, answer in turns:
            os.read(master, size)
            if sleep is not None:
                time.sleep(sleep)
            if answer:
                os.write(master, answer)


if __name__ == "__main__":
    main(sys.argv[1])
