from msgspec import to_builtins

from kkm_sim.clock import Instant
from kkm_sim.control.entries import finding_entry, tape_entry
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.till.tape import Bitmap, Cut, TextLine


def test_tape_entries() -> None:
    assert to_builtins(tape_entry(1, TextLine("ИТОГ"))) == {"n": 1, "kind": "text", "text": "ИТОГ"}
    bitmap = Bitmap(10, 2, (b"\xff\xc0", b"\x80\x40"))
    assert to_builtins(tape_entry(2, bitmap)) == {
        "n": 2,
        "kind": "bitmap",
        "width": 10,
        "height": 2,
        "rows": ["ffc0", "8040"],
    }
    assert to_builtins(tape_entry(3, Cut())) == {"n": 3, "kind": "cut"}


def test_a_finding_says_what_was_seen() -> None:
    seen = Reason(ReasonCode.SINCE_LAST, ms=120)
    entry = finding_entry(4, Finding(FindingCode.PING_TOO_OFTEN, Instant(5_000_000), b"\x03\x05", seen))
    assert to_builtins(entry) == {
        "n": 4,
        "at": 5_000_000,
        "code": "ping-too-often",
        "severity": "warning",
        "message": "PING less than 200 ms after the one before (120 ms)",
        "why": [{"code": "since-last", "fields": {"ms": 120}}],
        "section": "5. PING",
        "bytes": "0305",
    }
