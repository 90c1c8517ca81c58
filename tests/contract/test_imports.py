"""What the web service imports before it answers: it shall start soon and stay small."""

import subprocess
import sys

SELDOM = {"alembic", "mako", "icalendar", "dateutil", "PIL", "css_inline", "email_validator", "phonenumbers", "rich"}
"""Each costs 20 to 100 ms and one to four megabytes; `kernel.later` imports it when it is needed."""
SCRIPT = "import sys, bookwidget.ops.cli; print(*sys.modules)"


def test_what_is_seldom_needed_is_not_imported_at_the_start() -> None:
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    modules = set(told.stdout.split())
    imported = {name.partition(".")[0] for name in modules}
    assert {"bookwidget", "sqlalchemy", "flask"} <= imported
    assert not SELDOM & imported
    assert "sqlalchemy.dialects.postgresql" not in modules  # a service on SQLite never asks for it
