"""One built demo for all tests, to be copied."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bookwidget.config import Config
from bookwidget.ops.demo_database import prepare

SITES_PORT = 8100


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of today."""
    folder = tmp_path_factory.mktemp("demo")
    prepare(Config.load({}, instance=folder), SITES_PORT, datetime.now(UTC))
    return folder


@pytest.fixture
def demo_instance(built_demo: Path, tmp_path: Path) -> Path:
    """A copy of the test's own."""
    return Path(shutil.copytree(built_demo, tmp_path / "instance"))
