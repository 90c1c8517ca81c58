"""Adds up the test results of several runs: `summary.py FOLDER [--no-skips]`.

What stands in again.xml was run a second time: that result counts, and its name is shown. Lists each reason for a
skip, and ends with the line `N passed, N failed, N skipped`. Its exit code is 1 if anything failed, if nothing
ran, or, with --no-skips, if anything was skipped.
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def read(path: Path) -> ElementTree.ElementTree:
    return ElementTree.parse(path)  # noqa: S314 - our own runner wrote it


def name_of(case: ElementTree.Element) -> str:
    return f"{case.get('classname')}.{case.get('name')}"


def main(folder: Path, *, no_skips: bool) -> int:
    runs = sorted(folder.glob("*.xml"), key=lambda path: path.stem == "again")
    found = {name_of(case): case for path in runs for case in read(path).iter("testcase")}
    cases = list(found.values())
    if runs and runs[-1].stem == "again":
        for name in map(name_of, read(runs[-1]).iter("testcase")):
            print(f"run twice: {name}")
    skips = Counter(mark.get("message", "") for case in cases for mark in case.iter("skipped"))
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = skips.total()
    for reason, count in skips.most_common():
        print(f"skipped {count}: {reason}")
    print(f"{len(cases) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return int(bool(failed) or len(cases) == skipped or (no_skips and bool(skipped)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), no_skips="--no-skips" in sys.argv))
