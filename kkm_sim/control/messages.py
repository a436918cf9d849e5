"""Messages decoded, in the shapes of the API."""

from datetime import datetime

from kkm_sim.control.models import MessageView, ReasonView
from kkm_sim.messages.reading import read_message
from kkm_sim.settings import DateTimeOrder


def message_view(data: bytes, *, to_till: bool, order: DateTimeOrder) -> MessageView | None:
    """The message that a frame holds; None where it is only a part of one, or none that the document has."""
    message = read_message(data, to_till=to_till, order=order)
    if message is None:
        return None
    fields = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in message.fields.items()
    }
    return MessageView(
        function=data[1],
        name=message.name,
        fields=fields,
        faults=[str(fault) for fault in message.faults],
        why=[ReasonView(**fault.reason.entry()) for fault in message.faults],
    )
