"""Scenario files: what is read from them, where each step stands, and everything that can be wrong outside of steps."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kkm_sim.scenario.format import loader
from kkm_sim.scenario.format.loader import MAX_INCLUDES, Mistake, ScenarioMistakes, load_scenario
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import VERBS, IncludeStep, RepeatStep
from kkm_sim.scenario.format.till_settings import till_settings
from tests.scenario.files import HEAD, mistakes, mistakes_of, of_steps, written

WHOLE = """\
title: One sale
# of beer
steps:
  - keys: 1 5 0 ПИ ИТ   # sells

  # the next step's own comment
  - tape:
      # at the top
      - ООО РОМАШКА
      - 150

      # the end
      - '[cut]'
    within: 3 s

  - repeat:
      times: 2
      steps:
        - indicator: |
            ГОТОВ

        - {beep: short, within: 1 s}
  - include: sub/b.steps.yaml
  - keys: |
      1 2

"""


def test_steps_know_their_places_and_their_own_lines(tmp_path: Path) -> None:
    included = written(tmp_path, "variables: {}\nsteps:\n- wait: 3 s # a while\n", "sub/b.steps.yaml")
    path = written(tmp_path, WHOLE)
    scenario = load_scenario(path)
    keys, tape, repeat, include, last = scenario.steps
    file = str(path)
    assert scenario.file == file
    assert keys.at == Position(file, 4, 5, "- keys: 1 5 0 ПИ ИТ   # sells")
    assert tape.at == Position(
        file,
        7,
        5,
        "- tape:\n    # at the top\n    - ООО РОМАШКА\n    - 150\n\n    # the end\n    - '[cut]'\n  within: 3 s",
    )
    assert isinstance(repeat, RepeatStep)
    assert repeat.at.text.splitlines()[::6] == ["- repeat:", "      - {beep: short, within: 1 s}"]
    indicator, beep = repeat.repeat.steps
    assert indicator.at == Position(file, 19, 11, "- indicator: |\n    ГОТОВ")
    assert beep.at == Position(file, 22, 11, "- {beep: short, within: 1 s}")
    assert isinstance(include, IncludeStep)
    (wait,) = include.steps
    assert wait.at == Position(str(included), 3, 3, "- wait: 3 s # a while")
    assert last.at == Position(file, 24, 5, "- keys: |\n    1 2")


def test_numbers_without_quotes_are_the_texts_they_are_written_as(tmp_path: Path) -> None:
    more = "settings: {serial_number: 1234567, header: [1, два]}\n"
    path = written(tmp_path, f"{HEAD}steps: [scan: 4601234567893, indicator: 150.00, tape: [0x1F, 007]]\n{more}")
    scenario = load_scenario(path)
    assert [step.model_dump()[step.VERB] for step in scenario.steps] == ["4601234567893", "150.00", ["0x1F", "007"]]
    (own,) = till_settings(scenario)
    assert (own.serial_number, own.header) == ("1234567", ("1", "два"))


SETTINGS = {
    "settings: 5": "3:11: expected a mapping, there is `5`",
    "settings: {bussy_reply: disc}": "3:12: expected a setting (did you mean `busy_reply`?), there is `bussy_reply`",
    "settings: {busy_reply: silentt}": "3:24: expected disc or busy or silent, there is `silentt`",
    "settings: {retries: 0}": "3:21: expected a whole number from 1 to 100, there is `0`",
    "settings: {retries: three}": "3:21: expected a whole number from 1 to 100, there is `three`",
    "settings: {fiscal: yes}": "3:20: expected true or false, there is `yes`",
    "settings: {retries: }": "3:21: expected a whole number from 1 to 100, there is nothing",
    "tills: {retries: 1}": "3:8: expected a list, each a mapping, there is a mapping with `retries`",
    "tills: [{retries: 0}]": "3:19: expected a whole number from 1 to 100, there is `0`",
    "tills: [{retries: 1}, {retries: 2}]": "3:23: expected an address of its own (`option_30`) for each till, there is "
    "a second till at address 1",
}


@pytest.mark.parametrize("text", SETTINGS)
def test_settings_are_checked_in_configurations_words(text: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, f"{HEAD}steps: [keys: 1]\n{text}\n") == [f"a.kkm.yaml:{SETTINGS[text]}"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path, tmp_path / "b.yaml") == [
        "b.yaml:1:1: expected a file that can be read, there is no file of that name"
    ]


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").mkdir()
    assert mistakes_of(tmp_path, tmp_path / "b.yaml") == [
        "b.yaml:1:1: expected a file that can be read, there is a folder"
    ]


def test_a_name_that_no_file_has(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path, tmp_path / "b\0.yaml") == [
        "b·.yaml:1:1: expected a file that can be read, there is a name that no file can have"
    ]


def test_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_bytes("title: x\nabout: Ж".encode() + "Ж".encode("cp1251"))
    assert mistakes_of(tmp_path, path) == ["b.yaml:2:9: expected text in UTF-8, there is the byte C6"]


def test_the_mark_that_some_editors_begin_utf_8_with(tmp_path: Path) -> None:
    path = written(tmp_path, f"\ufeff{HEAD}steps: [keys: 1]\r\n")
    assert load_scenario(path).title == "A test"


def test_yaml_that_is_none(tmp_path: Path) -> None:
    assert mistakes(tmp_path, f"{HEAD}steps: [keys: 1\n") == [
        "a.kkm.yaml:3:1: expected `,` or `]` for the `[` in line 2, there is the end of the file"
    ]
    assert mistakes(tmp_path, "") == ["a.kkm.yaml:1:1: expected a mapping, there is nothing: the file is empty"]


def test_a_key_said_twice_is_told_with_all_else(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "title: a\ntitle: b\nsteps: [{keys: 1, keys: 2}, sacn: 1]\n") == [
        "a.kkm.yaml:2:1: expected each key once, there is `title` again, first in line 1",
        "a.kkm.yaml:3:19: expected each key once, there is `keys` again, first in line 3",
        "a.kkm.yaml:3:29: expected a verb (did you mean `scan`?), there is `sacn`",
    ]


def test_an_included_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").mkdir()
    (tmp_path / "d.yaml").write_bytes(b"steps:\n\xc6")
    steps = [f"include: {name}.yaml" for name in "bcd"]
    assert of_steps(tmp_path, *steps, "include: {file: ''}", "include:") == [
        "a.kkm.yaml:3:12: expected a file of steps that can be read, there is `b.yaml`: no file of that name",
        "a.kkm.yaml:4:12: expected a file of steps that can be read, there is `c.yaml`: a folder",
        'a.kkm.yaml:6:19: expected a file of steps that can be read, there is the text "": a folder',
        "a.kkm.yaml:7:11: expected a text, or a mapping with `file`, there is nothing",
        "d.yaml:2:1: expected text in UTF-8, there is the byte C6",
    ]


def test_mistakes_in_an_included_file_stand_there_and_once(tmp_path: Path) -> None:
    written(tmp_path, "stepz:\n- keyz: 1\n", "b.yaml")
    written(tmp_path, "title: x\nsteps:\n- keyz: 1\n- include: b.yaml\n", "c.yaml")
    assert of_steps(tmp_path, "include: c.yaml", "include: c.yaml", "wait: 5 s", "keyz: 1") == [
        "a.kkm.yaml:6:3: expected a verb (did you mean `keys`?), there is `keyz`",
        "c.yaml:1:1: expected a key known here: variables or steps, there is `title`",
        "c.yaml:3:3: expected a verb (did you mean `keys`?), there is `keyz`",
        "b.yaml:1:1: expected a key known here (did you mean `steps`?), there is `stepz`",
    ]


def test_a_file_that_is_included_and_is_none_of_steps_is_shown_in_short(tmp_path: Path) -> None:
    written(tmp_path, "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin\n", "passwd")
    assert of_steps(tmp_path, "include: passwd") == [
        "passwd:1:1: expected a mapping with `steps`, there is `root:x:0:0:root:/root:/bin/bash daemon:…`"
    ]


@pytest.mark.parametrize("text", ["steps: [keys: 1]\n", "variables: {a: 1}\nsteps: [keyz: $a]\n", "stepz: []\n"])
def test_a_file_of_steps_is_no_scenario(tmp_path: Path, text: str) -> None:
    assert mistakes_of(tmp_path, written(tmp_path, text, "a.steps.yaml")) == [
        "a.steps.yaml:1:1: expected a scenario, there is a file of steps for a scenario to `include`"
    ]


def test_a_file_that_includes_itself(tmp_path: Path) -> None:
    assert of_steps(tmp_path, "include: a.kkm.yaml") == [
        "a.kkm.yaml:3:12: expected a file that does not include itself, there is the circle a.kkm.yaml → a.kkm.yaml"
    ]
    written(tmp_path, "steps:\n- include: ./c.yaml\n", "b.yaml")
    written(tmp_path, "steps:\n- repeat: {times: 1, steps: [include: b.yaml]}\n", "c.yaml")
    assert of_steps(tmp_path, "include: b.yaml") == [
        "c.yaml:2:39: expected a file that does not include itself, there is the circle b.yaml → c.yaml → b.yaml"
    ]


def test_an_included_file_may_be_included_from_several_places(tmp_path: Path) -> None:
    written(tmp_path, "steps: [keys: 1]\n", "c.yaml")
    written(tmp_path, "steps: [include: c.yaml, include: c.yaml]\n", "b.yaml")
    assert of_steps(tmp_path, "include: b.yaml", "include: c.yaml") == []


def test_includes_that_multiply_are_refused(tmp_path: Path) -> None:
    written(tmp_path, f"steps: [{', '.join(['keys: 1'] * 9)}]\n", "0.yaml")
    for depth in range(1, 10):
        written(tmp_path, f"steps: [{', '.join([f'include: {depth - 1}.yaml'] * 9)}]\n", f"{depth}.yaml")
    (told,) = of_steps(tmp_path, "include: 9.yaml")
    assert told == "6.yaml:1:18: expected at most 100000 steps in all, there is 597870 in `5.yaml`"


def test_includes_one_inside_the_other_have_an_end(tmp_path: Path) -> None:
    for depth in range(60):
        written(tmp_path, f"steps: [include: {depth + 1}.yaml]\n", f"{depth}.yaml")
    (told,) = of_steps(tmp_path, "include: 0.yaml")
    last = MAX_INCLUDES - 1
    assert told.startswith(f"{last}.yaml:1:18: expected at most {MAX_INCLUDES} files, one inside the other, there is")


WORDS = [
    *(f"{verb}: " for verb in VERBS),
    *("title: x\n", "steps:", "\n- ", "\n  ", "{", "}", "[", "]", ", ", ": ", "$x", "'", "RDY", "1", "10 ms", "none"),
    *(
        "send: ",
        "expect: ",
        "settings: ",
        "tills: ",
        "with: ",
        "file: ",
        "a.kkm.yaml",
        ".",
        "&a ",
        "*a",
        "#",
        "|",
        "\t",
    ),
]


@given(
    st.text() | st.lists(st.sampled_from(WORDS), max_size=30).map(lambda words: "title: x\nsteps:\n- " + "".join(words))
)
@example("title: x\nsteps: &a [repeat: {times: 2, steps: *a}]")
@example("title: x\nsteps: [include: {file: .}, include: {file: [1]}, include: 5, repeat: {steps: {}}]")
@example("title: x\nmaster: [1]\nsettings: {[1]: 2}\ntills: [1, [2]]\nvariables: [a]\nsteps: [keys: $a]")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_any_text_is_a_scenario_or_mistakes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.kkm.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    told: tuple[Mistake, ...] = ()
    try:
        assert till_settings(load_scenario(path))
    except ScenarioMistakes as error:
        told = error.mistakes
    assert len(set(told)) == len(told)
    assert all(str(mistake).isprintable() for mistake in told)


def test_what_the_diagnosis_cannot_name_is_told_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "diagnose", lambda *_: iter(()))
    assert of_steps(tmp_path, "{keys: 1}", "{wait: 3}") == [
        "a.kkm.yaml:1:1: expected a scenario, there is `steps.1.wait.wait`, which fits nowhere"
    ]
