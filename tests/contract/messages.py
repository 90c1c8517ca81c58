"""The messages of the source, extracted once by those who need them: reading all of it takes a second, and every
process that collects tests imports every test.
"""

from functools import cache
from pathlib import Path

from bookwidget.ops.catalogues import CORE, ROOT, Domain, extract

FOLDERS = {path.name: path for path in (ROOT / CORE, *sorted(one.parent for one in ROOT.glob("widgets/*/widget.toml")))}
"""By the names of the domains, in the order of `domains`."""


def translations() -> list[Path]:
    return [folder / "translations" for folder in FOLDERS.values()]


@cache
def domains() -> dict[str, Domain]:
    return {domain.name: domain for domain in extract()}
