"""Holds the import contracts of setup.cfg: `imports.py [FOLDER]`, by default this repository.

Widgets are folders without `__init__.py`, which the linter takes for no modules. So it looks at a copy in which
they have one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns("__pycache__", "tests", "static", "templates", "sites", "translations")


def check(source: Path) -> subprocess.CompletedProcess[str]:
    """The linter's word on the contracts; its status is 0 when all are kept."""
    with tempfile.TemporaryDirectory(prefix="bookwidget-imports-") as name:
        copy = Path(name)
        for package in ("bookwidget", "widgets"):
            shutil.copytree(source / package, copy / package, ignore=LEFT_OUT)
        for manifest in copy.glob("widgets/*/widget.toml"):
            folder = manifest.parent
            (folder / "__init__.py").touch()
            folder.rename(folder.with_name(folder.name.replace("-", "_")))
        shutil.copy(source / "setup.cfg", copy)
        command = [str(Path(sys.executable).parent / "lint-imports"), "--config", "setup.cfg", "--no-cache"]
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


if __name__ == "__main__":
    outcome = check(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
    print(outcome.stdout[outcome.stdout.find("Analyzed") :], outcome.stderr)
    sys.exit(outcome.returncode)
