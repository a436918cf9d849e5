"""The table of findings."""

import re

from kkm_sim.clock import Instant
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.reasons import Reason, ReasonCode


def test_codes_are_stable_words_and_no_two_are_the_same() -> None:
    codes = [finding.rule.code for finding in FindingCode]
    assert len(set(codes)) == len(codes)
    for finding in FindingCode:
        assert finding.rule.code == finding.name.lower().replace("_", "-")
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", finding.rule.code)


def test_no_two_rules_are_the_same_member() -> None:
    assert len(FindingCode) == len(FindingCode.__members__)


def test_each_rule_has_a_section_and_a_sentence() -> None:
    for finding in FindingCode:
        assert finding.rule.section
        assert finding.rule.sentence
        assert not finding.rule.sentence.endswith(".")


def test_only_findings_about_time_are_off_without_pace() -> None:
    assert {finding.rule.code for finding in FindingCode if finding.rule.timed} == {
        "gap-too-short",
        "no-packet-in-3s",
        "ping-too-often",
        "transfer-broken-off",
    }


def test_a_message_says_what_was_seen() -> None:
    sentence = FindingCode.BAD_VECTOR.rule.sentence
    assert Finding(FindingCode.BAD_VECTOR, Instant(0)).message == sentence
    seen = Reason(ReasonCode.FUNCTION, function=2)
    assert Finding(FindingCode.BAD_VECTOR, Instant(0), b"\x02", seen).message == f"{sentence} (function 2)"
