"""A device for sinstruments that does as little as the floor: five bytes for whatever is read."""

from typing import Any


class FiveBytes:
    """What sinstruments wants of a device."""

    baudrate = None

    def __init__(self, name: str, **properties: Any) -> None:
        self.name = name

    def get_protocol(self, channel: Any, transport: Any) -> "_Answers":
        """Whoever serves a channel of one of its lines."""
        return _Answers(channel, transport)


class _Answers:
    def __init__(self, channel: Any, transport: Any) -> None:
        self._channel = channel
        self._transport = transport

    def handle(self) -> None:
        while self._transport.read1(self._channel):
            self._transport.send(self._channel, bytes(5))
