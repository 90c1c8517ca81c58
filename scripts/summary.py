"""Adds up the test results of several runs: `summary.py FOLDER [--no-skips]`.

Lists each reason for a skip, and ends with the line `N passed, N failed, N skipped`. Its exit code is 1 if
anything failed, if nothing ran, or, with --no-skips, if anything was skipped.
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def read(path: Path) -> ElementTree.ElementTree:
    return ElementTree.parse(path)  # noqa: S314 - our own runner wrote it


def main(folder: Path, *, no_skips: bool) -> int:
    cases = [case for path in sorted(folder.glob("*.xml")) for case in read(path).iter("testcase")]
    skips = Counter(mark.get("message", "") for case in cases for mark in case.iter("skipped"))
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = skips.total()
    for reason, count in skips.most_common():
        print(f"skipped {count}: {reason}")
    print(f"{len(cases) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return int(bool(failed) or len(cases) == skipped or (no_skips and bool(skipped)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), no_skips="--no-skips" in sys.argv))
