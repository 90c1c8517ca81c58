#!/bin/sh
# Runs the tests: scripts/test.sh MARKERS (empty: all). Results stand in instance/test-results.
# Without root or a browser everything else still runs, and each skipped group names its reason.
set -u
cd "$(dirname "$0")/.."
markers=${1:-}
sh scripts/system-packages.sh "${markers:-all}" || echo "bookwidget: system packages could not be installed; going on without" >&2
sh scripts/environment.sh dev || exit 1

results=${RESULTS:-instance/test-results}
rm -rf "$results"
mkdir -p "$results"

# Browsers need memory and time: at most two at once, whatever the machine has. Which of them failed runs once more
# and alone, because three engines on a busy machine have hiccups of their own; the summary names what needed that.
run() { # name, processes, markers, more options
  name=$1 processes=$2 chosen=$3
  shift 3
  .venv/bin/pytest -q -n "$processes" -m "$chosen" --junitxml="$results/$name.xml" "$@"
  status=$?
  [ "$status" -eq 5 ] && status=0 # no test of this kind
  return "$status"
}
failed=0
run fast auto "${markers:+($markers) and }not browser" || failed=1
run browser "${BROWSERS:-2}" "${markers:+($markers) and }browser" || run again 0 "browser" --last-failed --last-failed-no-failures none --maxfail 5 || failed=1
.venv/bin/python scripts/summary.py "$results" || failed=1
exit "$failed"
