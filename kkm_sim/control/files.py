"""Answers that are files: the tape as text and pictures, the indicator as a picture."""

from collections.abc import Sequence
from typing import Any, Literal

from starlette.responses import Response

from kkm_sim.till.indicator import Indicator
from kkm_sim.till.tape import TapeEntry

TapeFile = Literal["text", "png", "svg"]

TAPE_TYPES: dict[TapeFile, str] = {"text": "text/plain", "png": "image/png", "svg": "image/svg+xml"}
INDICATOR_TYPE = "image/svg+xml"


def tape_file(output: TapeFile, entries: Sequence[TapeEntry]) -> Response:
    """The tape in one of its formats. A long tape takes its time: not for the event loop's thread."""
    name = f"tape.{'txt' if output == 'text' else output}"
    return _file(_tape(output, entries), TAPE_TYPES[output], name)


def indicator_file(indicator: Indicator) -> Response:
    """The indicator's picture. Not for the event loop's thread."""
    # Only who asks for a picture waits for what draws it.
    from kkm_sim.render.indicator_svg import indicator_svg

    return _file(indicator_svg(indicator), INDICATOR_TYPE, "indicator.svg")


def _tape(output: TapeFile, entries: Sequence[TapeEntry]) -> str | bytes:
    match output:
        case "text":
            from kkm_sim.render.text import tape_text

            return tape_text(entries)
        case "png":
            from kkm_sim.render.tape_png import tape_png

            return tape_png(entries)
        case "svg":
            from kkm_sim.render.tape_svg import tape_svg

            return tape_svg(entries)


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    """Shown where it can be, saved under its name where it is saved."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _documented(*media_types: str) -> dict[int, dict[str, Any]]:
    """The 200 of a call that also answers with files, for OpenAPI."""
    text, binary = {"type": "string"}, {"type": "string", "format": "binary"}
    return {
        200: {
            "description": "As JSON, or as the file that `format` asks for.",
            "content": {kind: {"schema": binary if kind == "image/png" else text} for kind in media_types},
            "headers": {"Content-Disposition": {"description": "The file's name; not with JSON.", "schema": text}},
        }
    }


TAPE_FILES = _documented(*TAPE_TYPES.values())
INDICATOR_FILES = _documented(INDICATOR_TYPE)
