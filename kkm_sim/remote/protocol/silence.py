"""Why there is no answer from a till: the `reason` in the data of error -32002."""

from enum import StrEnum


class Silence(StrEnum):
    """What is known of a till that did not answer."""

    PORT_GONE = "port_gone"
    """Its line is not there: it never heard of the call."""
    NOT_THERE = "not_there"
    """It does not speak at all: it has not acknowledged the call."""
    SILENT = "silent"
    """It has the call, and did not answer in the time that the document gives it."""
    FORGOTTEN = "forgotten"
    """It had the sale, and has it no more: it was changed for another, or began anew."""
