"""Words that several commands understand."""

import argparse

import pytest

from kkm_sim import cli
from kkm_sim.arguments import argument_types


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("localhost:65535", ("localhost", 65535)),
        ("[::1]:4000", ("::1", 4000)),
        (":4000", ("127.0.0.1", 4000)),
    ],
)
def test_addresses(text: str, parts: tuple[str, int]) -> None:
    assert argument_types.address(text) == parts


@pytest.mark.parametrize("text", ["", "4000", "127.0.0.1", "127.0.0.1:", "h:-1", "h:65536", "h:x"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not HOST:PORT"):
        argument_types.address(text)


def test_the_tills_address_is_two_digits() -> None:
    assert [cli.parser().parse_args(["run", "--address", number]).address for number in ("1", "98")] == [1, 98]
