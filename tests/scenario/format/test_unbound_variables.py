"""Variables without a value are found before anything is played."""

from pathlib import Path

from tests.scenario.files import of_steps, written

BY_NOW = "expected a variable that has a value by now"


def test_variables_of_the_file_are_known(tmp_path: Path) -> None:
    more = "variables: {ean: 4601234567893, price: '150'}\n"
    assert of_steps(tmp_path, "scan: $ean", "keys: $price 00 ПИ", "indicator: 'ИТ ${price}.00'", more=more) == []


def test_a_name_without_a_value_stands_at_its_text(tmp_path: Path) -> None:
    more = "variables: {ean: 1}\n"
    assert of_steps(tmp_path, "scan: [1, $eam]", "keys: 1 ${zzz} $zz", more=more) == [
        f"a.kkm.yaml:3:13: {BY_NOW} (did you mean `ean`?), there is `$eam`",
        f"a.kkm.yaml:4:9: {BY_NOW}: ean, there is `$zzz`",
        f"a.kkm.yaml:4:9: {BY_NOW}: ean, there is `$zz`",
    ]


def test_expect_binds_what_send_then_knows(tmp_path: Path) -> None:
    steps = [
        "close: {expect: {receipt_number: $n}, send: {result: $n}}",
        "keys: $n",
        "receipt: {total: $t}",
        "keys: $t",
    ]
    assert of_steps(tmp_path, "master: wire", *steps) == [f"a.kkm.yaml:4:56: {BY_NOW}, there is `$n`"]


def test_a_packet_expected_binds_too(tmp_path: Path) -> None:
    steps = ["expect: {ping: {flags: $f}, number: $n}", "send: {data: 05, number: $n}", "keys: $f"]
    assert of_steps(tmp_path, "master: wire", *steps) == []


def test_a_name_inside_an_expected_text_binds_nothing(tmp_path: Path) -> None:
    assert of_steps(tmp_path, "indicator: $x") == [f"a.kkm.yaml:3:14: {BY_NOW}, there is `$x`"]
    step = "send: {identifier: {text: 'a $x'}}"
    assert of_steps(tmp_path, "master: wire", step) == [f"a.kkm.yaml:4:29: {BY_NOW}, there is `$x`"]


def test_what_a_repeat_binds_is_gone_after_it(tmp_path: Path) -> None:
    step = "repeat: {times: 2, as: i, steps: [{receipt: {total: $t}}, {keys: $t $i}]}"
    assert of_steps(tmp_path, step, "keys: $t", "keys: $i") == [
        f"a.kkm.yaml:4:9: {BY_NOW}, there is `$t`",
        f"a.kkm.yaml:5:9: {BY_NOW}, there is `$i`",
    ]


def test_an_include_knows_what_it_is_given_and_leaves_what_it_binds(tmp_path: Path) -> None:
    written(
        tmp_path, "variables: {price: 1}\nsteps: [{keys: $price $count $outer}, {receipt: {total: $t}}]", "b.steps.yaml"
    )
    include = "include: {file: b.steps.yaml, with: {count: $outer}}"
    more = "variables: {outer: 1}\n"
    assert of_steps(tmp_path, include, "keys: $t", "keys: $price $count", more=more) == [
        f"a.kkm.yaml:5:9: {BY_NOW}: outer, t, there is `$price`",
        f"a.kkm.yaml:5:9: {BY_NOW} (did you mean `outer`?), there is `$count`",
    ]


def test_a_name_missing_in_an_included_file_is_told_once_and_who_includes_it(tmp_path: Path) -> None:
    written(tmp_path, "steps:\n- keys: $price\n", "b.steps.yaml")
    assert of_steps(tmp_path, "include: b.steps.yaml", "include: b.steps.yaml") == [
        f"b.steps.yaml:2:9: {BY_NOW}, there is `$price` (included in {tmp_path}/a.kkm.yaml:3)".replace(
            f"{tmp_path}/", ""
        )
    ]


def test_a_value_that_an_included_file_has_no_use_for(tmp_path: Path) -> None:
    written(tmp_path, "variables: {prize: 1}\nsteps:\n- keys: $prize $count\n", "b.steps.yaml")
    include = "include: {file: b.steps.yaml, with: {price: 1, count: $c, zzz: 1}}"
    assert of_steps(tmp_path, include) == [
        "a.kkm.yaml:3:40: expected a variable of b.steps.yaml (did you mean `prize`?), there is `price`",
        f"a.kkm.yaml:3:57: {BY_NOW}, there is `$c`",
        "a.kkm.yaml:3:61: expected a variable of b.steps.yaml: count, prize, there is `zzz`",
    ]


def test_a_wrong_step_makes_no_second_mistake_of_what_it_would_have_bound(tmp_path: Path) -> None:
    assert len(of_steps(tmp_path, "ping: {expect: {flags: $f, zzz: 1}}", "keys: $f")) == 1
