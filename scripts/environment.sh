#!/bin/sh
# Makes .venv with the locked dependencies and the project itself; quick when nothing has changed.
#   scripts/environment.sh demo    what it needs to run
#   scripts/environment.sh dev     and what the tests and checks need
# Works on a bare machine: python3 may come without venv.
set -eu
cd "$(dirname "$0")/.."

case "${1:-demo}" in
  demo) lock=requirements.txt ;;
  dev) lock=requirements-dev.txt ;; # holds requirements.txt, too
  *) echo "usage: $0 demo|dev" >&2; exit 2 ;;
esac
python=${PYTHON:-python3}
stamp=.venv/.installed
all=$(cat requirements-dev.txt requirements-axe.txt setup.cfg | cksum)
if [ "$lock" = requirements-dev.txt ]; then wanted=$all; else wanted=$(cat "$lock" setup.cfg | cksum); fi

if [ -x .venv/bin/bookwidget ] && [ -f "$stamp" ]; then
  installed=$(cat "$stamp")
  if [ "$installed" = "$wanted" ] || [ "$installed" = "$all" ]; then
    exit 0
  fi
fi

say() { echo "bookwidget: $*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
  say "Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3"
  exit 1
}

make_environment() {
  "$python" -m venv .venv >/dev/null 2>&1 && .venv/bin/python -m pip --version >/dev/null 2>&1
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  say "making .venv"
  rm -rf .venv
  if ! make_environment; then
    rm -rf .venv
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      say "python3 has no venv: installing python3-venv"
      apt-get update -qq
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
      make_environment || { say "python3 -m venv still fails"; exit 1; }
    else
      say "python3 has no venv: installing virtualenv for this user"
      "$python" -m pip install --quiet --user virtualenv 2>/dev/null ||
        "$python" -m pip install --quiet --user --break-system-packages virtualenv
      "$python" -m virtualenv --quiet .venv
    fi
  fi
fi

say "installing the locked dependencies ($lock)"
export PIP_DISABLE_PIP_VERSION_CHECK=1
rm -f "$stamp"
install() { # what pip says is of interest only when it fails
  .venv/bin/python -m pip install "$@" >.venv/install.log 2>&1 || {
    cat .venv/install.log >&2
    say "the installation failed; the same command tries again"
    exit 1
  }
}
install --require-hashes -r "$lock"
install --no-deps --no-build-isolation --editable .
if [ "$lock" = requirements-dev.txt ]; then
  install --no-deps --require-hashes -r requirements-axe.txt
fi
echo "$wanted" >"$stamp"
