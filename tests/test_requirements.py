"""What pyproject asks for: from the lowest version tried, in lowest.txt, to below the first one not tried."""

import re
import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def test_each_has_a_lower_and_an_upper_bound_and_the_lower_ones_are_tried() -> None:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [
        requirement
        for requirements in (project["dependencies"], *(extras[name] for name in ("web", "test")))
        for requirement in requirements
        if not requirement.startswith("kkm-sim[")
    ]
    bounds = [re.fullmatch(r"([a-z0-9.-]+)>=([0-9.]+),<[0-9.]+", requirement) for requirement in asked]
    lowest = {f"{bound[1]}=={bound[2]}" for bound in bounds if bound}
    assert len(lowest) == len(asked)
    assert lowest == set((HERE / "lowest.txt").read_text(encoding="utf-8").splitlines())
