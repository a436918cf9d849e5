"""What `pip install .` brings into an empty environment."""

import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import row

ROOT = Path(__file__).parents[2]
OF_THE_ENVIRONMENT = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils")
"""What an empty one has already: what such names begin with is not counted."""


def installed() -> str:
    """The row: packages, and MB of their files, compiled ones among them; ours among both."""
    with TemporaryDirectory() as folder:
        subprocess.run((sys.executable, "-m", "venv", folder), check=True)
        places = sysconfig.get_paths("venv", vars={"base": folder, "platbase": folder})
        python = Path(places["scripts"], Path(sys.executable).name)
        subprocess.run((python, "-m", "pip", "install", "--quiet", ROOT), check=True, capture_output=True)
        brought = [path for path in Path(places["purelib"]).iterdir() if not path.name.startswith(OF_THE_ENVIRONMENT)]
        packages = sum(path.suffix == ".dist-info" for path in brought)
        files = [file for path in brought for file in (path.rglob("*") if path.is_dir() else (path,)) if file.is_file()]
        size = sum(file.stat().st_size for file in files)
    aim = "≤ 30 packages, ≤ 48 MB"
    return row("packages, MB of `pip install .`", f"{packages}, {size / 1e6:.0f} MB", aim=aim)


if __name__ == "__main__":
    print(installed())
