"""What is wrong with params or an answer, in a sentence that names the field."""

from pydantic import ValidationError

_REASONS = {"missing": "is required", "extra_forbidden": "is not known here"}


def sentence_of(error: ValidationError) -> str:
    """`"quantity" should be a valid integer; "colour" is not known here`."""
    # Enough to begin with: a mistake in each of many fields is one mistake.
    told = [
        f'"{".".join(str(part) for part in fault["loc"])}" {_reason(fault["type"], fault["msg"])}'
        if fault["loc"]
        else _reason(fault["type"], fault["msg"])
        for fault in error.errors(include_url=False, include_input=False)[:5]
    ]
    return "; ".join(told)


def _reason(kind: str, message: str) -> str:
    reason = _REASONS.get(kind) or message.removeprefix("Value error, ").removeprefix("Input ")
    return reason[:1].lower() + reason[1:]
