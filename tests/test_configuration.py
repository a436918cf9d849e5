"""Settings from outside."""

import errno
import os
from pathlib import Path
from typing import Annotated

import pytest
from annotated_types import Interval, Len

from kkm_sim.configuration import ConfigurationError, allowed_values, load_settings, settings_schema
from kkm_sim.settings import Settings


def toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "till.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_given_is_the_defaults() -> None:
    assert load_settings(None, []) == Settings()


def test_every_kind_of_value_is_read_from_text() -> None:
    settings = load_settings(
        None,
        [
            "deaf_ms=250",
            "alcohol_types=1, 3,0",
            "honour_request_fields=true",
            "entry_holds_queue=0",
            "busy_reply=silent",
            "cashier=ИВАНОВА А=Б",
            "header=ООО РОГА,ИНН 1",
        ],
    )
    assert settings == Settings(
        deaf_ms=250,
        alcohol_types=(1, 3, 0),
        honour_request_fields=True,
        entry_holds_queue=False,
        busy_reply="silent",
        cashier="ИВАНОВА А=Б",
        header=("ООО РОГА", "ИНН 1"),
    )


def test_an_empty_text_is_an_empty_list() -> None:
    assert load_settings(None, ["alcohol_types="]).alcohol_types == ()


def test_digits_of_a_text_setting_stay_text() -> None:
    assert load_settings(None, ["serial_number=0042"]).serial_number == "0042"


def test_toml_then_assignments_the_later_wins(tmp_path: Path) -> None:
    path = toml(tmp_path, 'option_30 = 12\nretries = 5\nbusy_reply = "busy"\ntax_rates = [20, 10, 0, 0, 0]\n')
    settings = load_settings(path, ["retries=6", "retries=7"])
    assert settings == Settings(option_30=12, retries=7, busy_reply="busy", tax_rates=(20, 10, 0, 0, 0))


def test_the_programs_own_defaults_stand_behind_the_users(tmp_path: Path) -> None:
    path = toml(tmp_path, "option_30 = 12\n")
    settings = load_settings(path, [], {"option_30": 5, "print_lines_per_s": 0})
    assert (settings.option_30, settings.print_lines_per_s) == (12, 0)


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("deaf_ms=-1", "deaf_ms = '-1': must be a whole number from 0 to 60000"),
        ("deaf_ms=soon", "deaf_ms = 'soon': must be a whole number from 0 to 60000"),
        ("busy_reply=maybe", "busy_reply = 'maybe': must be disc or busy or silent"),
        ("fiscal=yes", "fiscal = 'yes': must be true or false"),
        ("alcohol_types=1,4", "alcohol_types = '1,4': must be a list of values, each a whole number from 0 to 3"),
        ("deaf_ms", "'deaf_ms' is not NAME=VALUE"),
        ("=3", "'=3' is not NAME=VALUE"),
        ("retry=3", "there is no setting 'retry'; did you mean retries?"),
    ],
)
def test_a_wrong_assignment_is_one_sentence(assignment: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(None, [assignment])
    message = str(caught.value)
    assert message.startswith(sentence)
    assert "\n" not in message


def test_a_name_like_no_other_is_answered_with_all() -> None:
    with pytest.raises(ConfigurationError, match=r"no setting 'zzz'; there are reply_address, busy_reply, .*cash"):
        load_settings(None, ["zzz=1"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("option_30 = 99", "option_30 = 99: must be a whole number from 1 to 98"),
        ('option_30 = "5"', "option_30 = '5': must be a whole number from 1 to 98"),
        ("option_30 = true", "option_30 = True: must be a whole number from 1 to 98"),
        ("fiscal = 1", "fiscal = 1: must be true or false"),
        ("cashier = 5", "cashier = 5: must be text"),
        ("option_3 = 1", "there is no setting 'option_3'; did you mean option_30"),
        ("retries = ", "is not TOML from line 1 on: retries ="),
    ],
)
def test_a_wrong_file_is_one_sentence_with_its_name(tmp_path: Path, text: str, sentence: str) -> None:
    path = toml(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(path, [])
    message = str(caught.value)
    assert message.startswith(str(path))
    assert sentence in message
    assert "\n" not in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"cannot read .*missing.toml: {os.strerror(errno.ENOENT)}"):
        load_settings(tmp_path / "missing.toml", [])
    path = tmp_path / "latin.toml"
    path.write_bytes(b'cashier = "\xca\xe0"')
    with pytest.raises(ConfigurationError, match=r"latin\.toml: it is no text in UTF-8: byte CA in line 1"):
        load_settings(path, [])


def test_a_byte_order_mark_is_none_of_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_bytes(b'\xef\xbb\xbfserial_number = "7654321"\r\n')
    assert load_settings(path, []).serial_number == "7654321"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = toml(tmp_path, 'option_30 = 99\nfiscal = "x"\nretries = 5\nsize = 1\n')
    with pytest.raises(ConfigurationError) as caught:
        load_settings(path, ["retries=0", "x"])
    told = str(caught.value).splitlines()
    assert [line.removeprefix(f"{path}: ").split()[0] for line in told[:2]] == ["option_30", "fiscal"]
    assert [line.split(" = ")[0].split(";")[0] for line in told[2:]] == [
        f"{path}: there is no setting 'size'",
        "retries",
        "'x' is not NAME=VALUE",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a" + ".a" * 50_000 + " = 1", "line 1 is nested too deep for a setting"),
        ("\n[a" + ".a" * 50_000 + "]", "line 2 is nested too deep for a setting"),
        ("a = " + "[" * 50_000, "is nested too deep for settings"),
        ("a = " + "1" * 100_000, "is not TOML from line 1 on: a = 111"),
        ("retries = 3\nheader = [\n'a',\n'b'\nfiscal = true", "is not TOML from line 2 on: header = ["),
        ("a = 1\n" * 100_000, "it is over 256 KiB"),
    ],
    ids=["dotted", "table", "list", "number", "open list", "large"],
)
def test_a_file_that_is_no_settings_is_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(toml(tmp_path, text), [])
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int, "a whole number"),
        (str, "text"),
        (Annotated[tuple[int, ...], Len(5, 5)], "a list of 5 values, each a whole number"),
        (
            Annotated[tuple[Annotated[int, Interval(ge=0, le=5)], ...], Len(1)],
            "a list of at least 1 values, each a whole number from 0 to 5",
        ),
        (Annotated[tuple[str, ...], Len(1, 4)], "a list of 1 to 4 values, each text"),
    ],
)
def test_types_in_words(kind: object, words: str) -> None:
    assert allowed_values(kind) == words


def test_the_schema_carries_what_an_editor_shows() -> None:
    schema = settings_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    deaf = schema["properties"]["deaf_ms"]
    assert deaf.items() >= {"type": "integer", "default": 0, "minimum": 0, "maximum": 60000}.items()
    assert deaf["description"].startswith("[D-6]")
    assert schema["properties"]["busy_reply"]["enum"] == ["disc", "busy", "silent"]
    assert schema["properties"]["alcohol_types"]["items"].items() >= {"minimum": 0, "maximum": 3}.items()
    assert schema["properties"]["tax_rates"]["default"] == [18, 10, 0, 0, 0]
    assert all(entry["description"] for entry in schema["properties"].values())


@pytest.mark.parametrize("text", ["КАССИР №1", "", "€", "a\xa0b\xadc"])
def test_a_text_that_the_machine_can_print(text: str) -> None:
    assert load_settings(None, [f"cashier={text}"]).cashier == text


def test_a_text_is_composed_first() -> None:
    assert load_settings(None, [f"cashier={'и' + chr(0x306)}ё"]).cashier == "йё"
    assert load_settings(None, [f"cashier={('и' + chr(0x306)) * 24}"]).cashier == "й" * 24


@pytest.mark.parametrize("text", ["a\tb", "a\rb", "a\x7f", "Δ", "日本", "A" * 25])
def test_a_text_that_it_cannot(text: str) -> None:
    with pytest.raises(ConfigurationError, match="at most 24 characters of Windows-1251"):
        load_settings(None, [f"cashier={text}"])
