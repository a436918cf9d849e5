"""Answers that are files: the tape as text and pictures, the indicator as a picture."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from fastapi import Response

from kkm_sim.render.indicator_svg import indicator_svg
from kkm_sim.render.tape_png import tape_png
from kkm_sim.render.tape_svg import tape_svg
from kkm_sim.render.text import tape_text
from kkm_sim.till.indicator import Indicator
from kkm_sim.till.tape import TapeEntry

TapeFile = Literal["text", "png", "svg"]


class _Kind(NamedTuple):
    """A file's type, its name, and what makes it."""

    media_type: str
    name: str
    render: Callable[[Sequence[TapeEntry]], str | bytes]


_TAPE = {
    "text": _Kind("text/plain", "tape.txt", tape_text),
    "png": _Kind("image/png", "tape.png", tape_png),
    "svg": _Kind("image/svg+xml", "tape.svg", tape_svg),
}
_INDICATOR = "image/svg+xml"


def tape_file(output: TapeFile, entries: Sequence[TapeEntry]) -> Response:
    """The tape in one of its formats. A long tape takes its time: not for the event loop's thread."""
    kind = _TAPE[output]
    return _file(kind.render(entries), kind.media_type, kind.name)


def indicator_file(indicator: Indicator) -> Response:
    """The indicator's picture."""
    return _file(indicator_svg(indicator), _INDICATOR, "indicator.svg")


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    """Shown where it can be, saved under its name where it is saved."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _documented(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """The 200 of a call that also answers with files, for OpenAPI."""
    text, binary = {"type": "string"}, {"type": "string", "format": "binary"}
    return {
        200: {
            "description": "As JSON, or as the file that `format` asks for.",
            "content": {kind: {"schema": binary if kind == "image/png" else text} for kind in media_types},
            "headers": {"Content-Disposition": {"description": "The file's name; not with JSON.", "schema": text}},
        }
    }


TAPE_FILES = _documented(*(kind.media_type for kind in _TAPE.values()))
INDICATOR_FILES = _documented(_INDICATOR)
