#!/bin/sh
# What the tests need beside Python: three browsers, a database server, letters of both directions; with the argument
# "all" a WordPress, too.
# Only root can install them on Debian; without, the tests that need them are skipped and say why.
set -eu

packages="chromium chromium-driver firefox-esr webkit2gtk-driver xvfb postgresql fonts-dejavu-core fonts-noto-core"
if [ "${1:-}" = all ]; then
  packages="$packages wordpress wordpress-theme-twentytwentyone wordpress-theme-twentytwentythree mariadb-server
    mariadb-client php-cli php-mysql php-xml php-mbstring php-gd php-curl php-intl"
fi
missing=""
for package in $packages; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  case "$status" in *" installed") ;; *) missing="$missing $package" ;; esac
done
if [ -z "$missing" ]; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "bookwidget: not installed (only root can):$missing" >&2
  exit 0
fi
echo "bookwidget: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 - one word a package
apt-get install -y -qq --no-install-recommends $missing >/dev/null
