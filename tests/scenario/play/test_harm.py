"""Damage to a packet's bytes."""

import pytest

from kkm_sim.link.packets import Direction
from kkm_sim.scenario.format.steps import Cut, DamageSpec, Flip, Harm
from kkm_sim.scenario.play.harm import Chance, first_packet, harm_words, harmed, harms_of

RDY = bytes.fromhex("7f 02 01 e5 1a")
DATA = bytes.fromhex("7f 02 01 81 7e 00 03 05 7f 03 f8")


def test_whose_packet_is_harmed_goes_which_way() -> None:
    assert harms_of(DamageSpec(of_till="drop")) == [(Direction.TO_MASTER, "drop")]
    both = DamageSpec(of_master=Flip(flip=3), of_till="drop")
    assert harms_of(both) == [(Direction.TO_TILL, Flip(flip=3)), (Direction.TO_MASTER, "drop")]


@pytest.mark.parametrize(
    ("harm", "left", "words"),
    [
        ("drop", "", "drop"),
        (Flip(flip=0), "7e 02 01 e5 1a", "flip 0"),
        (Flip(flip=4), "7f 02 01 e5 1b", "flip 4"),
        (Cut(cut=0), "", "cut 0"),
        (Cut(cut=4), "7f 02 01 e5", "cut 4"),
    ],
)
def test_harm_at_a_place_that_is_named(harm: Harm, left: str, words: str) -> None:
    assert harmed(RDY, harm, Chance(0)) == bytes.fromhex(left)
    assert harm_words(harm) == words


@pytest.mark.parametrize("harm", [Flip(flip=5), Cut(cut=5)])
def test_a_packet_that_has_no_such_byte_cannot_be_harmed(harm: Harm) -> None:
    assert harmed(RDY, harm, Chance(0)) is None
    assert harmed(DATA, harm, Chance(0)) is not None


def test_a_packet_of_one_byte_has_nothing_to_cut_off() -> None:
    assert harmed(b"\x7f", Cut(cut="any"), Chance(0)) is None


@pytest.mark.parametrize("seed", range(40))
def test_any_flip_is_one_bit(seed: int) -> None:
    left = harmed(RDY, Flip(flip="any"), Chance(seed))
    assert left is not None
    assert len(left) == len(RDY)
    assert sum((a ^ b).bit_count() for a, b in zip(left, RDY, strict=True)) == 1


@pytest.mark.parametrize("seed", range(40))
def test_any_cut_leaves_a_beginning(seed: int) -> None:
    left = harmed(RDY, Cut(cut="any"), Chance(seed))
    assert left is not None
    assert 1 <= len(left) <= 4
    assert RDY.startswith(left)


def test_only_the_seed_decides() -> None:
    def row(seed: int) -> list[int]:
        chance = Chance(seed)
        return [chance.below(1000) for _ in range(20)]

    assert row(7) == row(7)
    assert row(7) != row(8)
    assert len(set(row(7))) > 10
    assert row(7)[0] == 439  # the same on every machine and in every version
    assert {Chance(seed).below(5) for seed in range(60)} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("raw", "first", "rest"),
    [
        (RDY, RDY, b""),
        (RDY + DATA, RDY, DATA),
        (DATA + RDY, DATA, RDY),
        (b"\x00" + RDY, b"\x00" + RDY, b""),
        (RDY[:3], RDY[:3], b""),
        (b"", b"", b""),
    ],
)
def test_the_first_packet(raw: bytes, first: bytes, rest: bytes) -> None:
    assert first_packet(raw) == (first, rest)
