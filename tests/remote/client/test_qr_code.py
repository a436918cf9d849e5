import pytest

from kkm_sim.remote.client.qr_code import qr_code
from kkm_sim.smartbox.receipt_identifier import QrLevel
from tests.render.matrix import decode_qr, modules_of_packed, with_quiet_zone

URL = "http://check.egais.ru?id=cf1b1096-3cbc-11e7-b3c1-9b018b2ba3f7&dt=2105171723&cn=030000301974"


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_whoever_scans_it_reads_the_text(level: QrLevel) -> None:
    block = qr_code(URL, level)
    assert (block.result, block.kind, block.bits) == (0, "graphics", len(block.rows))
    rows = [bytes.fromhex(row) for row in block.rows]
    assert decode_qr(with_quiet_zone(modules_of_packed(rows, block.bits))) == URL


def test_more_than_the_format_has_room_for() -> None:
    with pytest.raises(ValueError, match="over 64x64"):
        qr_code("x" * 700)
