"""The numbers, as the document prints them."""

from kkm_sim.messages.codes import (
    CodeType,
    DataKind,
    Function,
    ModeFlags,
    Operation,
    ResultCode,
    ShownMessage,
    result_words,
)


def test_result_codes_are_those_of_the_document() -> None:
    assert sorted(ResultCode) == [*range(17), *range(20, 28)]
    assert (ResultCode.REJECTED, ResultCode.PRINTER_ERROR, ResultCode.OVERFLOW, ResultCode.JOURNAL_FULL) == (
        27,
        20,
        21,
        24,
    )


def test_functions_operations_code_types_and_messages() -> None:
    assert sorted(Function) == [1, 2, 3, 4, 5, 6, 7]
    assert [Operation.SALE, Operation.RETURN, Operation.ANNUL] == [0, 1, 2]
    assert [CodeType.EAN, CodeType.PDF, CodeType.DUPLICATE_PDF, CodeType.BEER] == [0, 1, 2, 3]
    assert [ShownMessage.SCAN_EAN, ShownMessage.SCAN_PDF, ShownMessage.REPEAT] == [1, 2, 3]
    assert [DataKind.TEXT, DataKind.GRAPHICS] == [0, 1]


def test_mode_flags() -> None:
    assert [flag.value for flag in ModeFlags] == [0x01, 0x02, 0x04, 0x08, 0x40, 0x80]


def test_a_result_and_its_meaning() -> None:
    assert result_words(27) == "27, rejected"
    assert result_words(19) == "19, not a code of the document"
