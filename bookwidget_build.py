"""Build backend: setuptools', which also carries what lives beside the package: widgets, themes and embed.js."""

from pathlib import Path

from setuptools.build_meta import *  # noqa: F403 - the backend's hooks
from setuptools.command.build_py import build_py

BESIDE = ("widgets", "themes")
LEFT_OUT = {"__pycache__", "tests"}


class BuildPy(build_py):
    """`build_py` that also carries what stands at the top level of the repository."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # the running code finds them beside the package
        package = Path(self.build_lib, "bookwidget")
        self.copy_file("embed.js", str(package / "embed.js"))
        for source in (path for folder in BESIDE for path in Path(folder).rglob("*")):
            if source.is_file() and not LEFT_OUT & set(source.parts):
                self.mkpath(str((package / source).parent))
                self.copy_file(str(source), str(package / source))
