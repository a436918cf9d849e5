"""Programs of others that some tests need: those tests are skipped without them."""

import shutil

import pytest


def found(program: str) -> str:
    """Where it is; does without the test where there is none."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"no {program} on the PATH")
    return path
