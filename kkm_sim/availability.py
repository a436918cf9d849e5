"""What the till lets its link say: the one word that passes from the machine to the line.

Both `link` and `till` speak of it and neither may know the other, so it stands by itself.
"""

from enum import Enum


class Availability(Enum):
    """How RDY is answered (document: «Назначение квитанций», «5. PING»; state column of the till's chart)."""

    SILENT = "silent"
    """Off, or its interrupts are switched off: nothing is heard and nothing is said."""
    ENTRY = "entry"
    """The operator is in the middle of an operation: DISC to everything."""
    BUSY = "busy"
    """Printing or executing: the busy answer, see setting `busy_reply`."""
    READY = "ready"
    """A queued data packet, or RDY."""
