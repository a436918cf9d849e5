"""What damage does to bytes on their way: a packet is dropped, a bit of it is flipped, its end is cut off.

`any` is decided by a seed: the same seed does the same harm, and there is nothing random in it.
"""

import hashlib
from typing import assert_never

from kkm_sim.link.decoder import PacketDecoder, Received
from kkm_sim.link.packets import Direction
from kkm_sim.scenario.format.steps import Cut, DamageSpec, Flip, Harm


def harms_of(spec: DamageSpec) -> list[tuple[Direction, Harm]]:
    """What a step harms: which way the packet goes, and how."""
    both = ((Direction.TO_TILL, spec.of_master), (Direction.TO_MASTER, spec.of_till))
    return [(direction, harm) for direction, harm in both if harm is not None]


class Chance:
    """A row of numbers that only the seed decides."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0

    def below(self, limit: int) -> int:
        """The next number, 0 … limit - 1."""
        self._count += 1
        digest = hashlib.blake2b(b"%d %d" % (self._seed, self._count), digest_size=8).digest()
        return int.from_bytes(digest, "big") % limit


def harmed(raw: bytes, harm: Harm, chance: Chance) -> bytes | None:
    """What arrives of a packet; None where the packet is too short for this harm: another one must take it.

    A flip of a named byte changes its lowest bit; `any` takes any bit of any byte. A cut to `any` leaves at least one
    byte.
    """
    match harm:
        case "drop":
            return b""
        case Flip(flip="any"):
            return _flipped(raw, *divmod(chance.below(len(raw) * 8), 8))
        case Flip(flip=int(position)):
            return _flipped(raw, position, 0) if position < len(raw) else None
        case Cut(cut="any"):
            return raw[: 1 + chance.below(len(raw) - 1)] if len(raw) > 1 else None
        case Cut(cut=int(size)):
            return raw[:size] if size < len(raw) else None
        case _:
            raise AssertionError(harm)


def first_packet(raw: bytes) -> tuple[bytes, bytes]:
    """The first packet and what follows it; all and nothing where the bytes do not begin with a whole packet."""
    decoder = PacketDecoder()
    decoder.feed(raw)
    found = decoder.next()
    size = len(found.raw) if isinstance(found, Received) and raw.startswith(found.raw) else len(raw)
    return raw[:size], raw[size:]


def _flipped(raw: bytes, position: int, bit: int) -> bytes:
    return raw[:position] + bytes((raw[position] ^ 1 << bit,)) + raw[position + 1 :]


def harm_words(harm: Harm) -> str:
    """`drop`, `flip 3`, `cut any`: for a trace."""
    match harm:
        case "drop":
            return harm
        case Flip():
            return f"flip {harm.flip}"
        case Cut():
            return f"cut {harm.cut}"
        case _:
            assert_never(harm)
