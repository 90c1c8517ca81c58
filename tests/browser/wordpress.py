"""A real WordPress of Debian's packages on loopback, made for one test and thrown away."""

import json
import os
import shutil
import signal
import subprocess
import time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.ports import free_port

SOURCE, PHP, DATABASE = Path("/usr/share/wordpress"), Path("/usr/bin/php"), Path("/usr/sbin/mariadbd")
CLASSIC, BLOCKS = "twentytwentyone", "twentytwentythree"
"""A theme of PHP templates, and one of blocks."""
PASSWORD = "a password for a test"
"""Of each of the three: admin, editor and author."""
PATIENCE = 60
CONFIG = """<?php
define('DB_NAME', 'wp'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:{socket}');
define('WP_HOME', '{address}'); define('WP_SITEURL', '{address}');
define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_DEBUG', true); define('WP_DEBUG_DISPLAY', false); define('WP_DEBUG_LOG', '{log}');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
INSTALL = """
require 'wp-admin/includes/upgrade.php';
wp_install('Shop', 'admin', 'admin@shop.example', false, '', $given['password']);
foreach (['editor', 'author'] as $role)
    wp_insert_user(['user_login' => $role, 'user_pass' => $given['password'], 'role' => $role]);
"""
WRITE = """
wp_set_current_user(get_user_by('login', $given['role'])->ID);
kses_init();
$post = ['post_title' => 'Page', 'post_content' => wp_slash($given['content']), 'post_status' => 'publish'];
echo wp_insert_post($post);
"""


class WordPress:
    """`stop()` ends it. Its site is plain http; what is framed in it may be https."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://shop.localhost:{self.port}"
        self.log = folder / "debug.log"
        self._www, self._socket = folder / "www", folder / "db.sock"
        shutil.copytree(SOURCE, self._www, ignore_dangling_symlinks=True)
        (self._www / ".htaccess").unlink(missing_ok=True)
        for part in ("plugins", "uploads"):
            (self._www / "wp-content" / part).mkdir(parents=True, exist_ok=True)
        config = CONFIG.format(socket=self._socket, address=self.address, log=self.log)
        (self._www / "wp-config.php").unlink(missing_ok=True)
        (self._www / "wp-config.php").write_text(config)
        self._started: list[subprocess.Popen[bytes]] = []
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        data, whoever = self.folder / "db", f"--user={os.environ.get('USER', 'root')}"
        make = ["mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run([*make, whoever, f"--datadir={data}"], check=True, capture_output=True)
        where = [f"--datadir={data}", f"--socket={self._socket}", "--skip-networking", f"--pid-file={data}/pid"]
        self._run(str(DATABASE), "--no-defaults", whoever, *where)
        client = ["mariadb", "--no-defaults", "-uroot", "-S", str(self._socket), "-e", "CREATE DATABASE wp"]
        self._until(lambda: subprocess.run(client, check=False, capture_output=True).returncode == 0)
        self.php("define('WP_INSTALLING', true);", INSTALL, password=PASSWORD)
        self._run(str(PHP), "-S", f"127.0.0.1:{self.port}", "-t", str(self._www), PHP_CLI_SERVER_WORKERS="4")

    def _run(self, *command: str, **environment: str) -> None:
        with (self.folder / "servers.log").open("ab") as log:
            self._started.append(
                subprocess.Popen(
                    command, stdout=log, stderr=log, env={**os.environ, **environment}, cwd=self._www,
                    start_new_session=True,
                )
            )  # fmt: skip

    def _until(self, attempt: Any) -> None:
        until = time.monotonic() + PATIENCE
        while not attempt():
            assert time.monotonic() < until, (self.folder / "servers.log").read_text()
            time.sleep(0.2)

    def php(self, before: str, code: str, **given: str) -> str:
        """Runs code inside WordPress, which finds `given` in `$given`; what it prints."""
        whole = f"{before} require 'wp-load.php'; $given = json_decode(getenv('GIVEN'), true); {code}"
        environment = {**os.environ, "GIVEN": json.dumps(given)}
        done = subprocess.run(
            [PHP, "-r", whole], check=False, cwd=self._www, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install_plugin(self, archive: bytes) -> None:
        """As WordPress does with a file that is uploaded: unpacked into its folder, then activated."""
        ZipFile(BytesIO(archive)).extractall(self._www / "wp-content/plugins")
        said = self.php("", """
            require 'wp-admin/includes/plugin.php';
            $wrong = activate_plugin('bookwidget/bookwidget.php');
            if (is_wp_error($wrong)) echo $wrong->get_error_message();
        """)  # fmt: skip
        assert said == "", said

    def use_theme(self, name: str) -> None:
        self.php("", "switch_theme($given['theme']);", theme=name)

    def write(self, role: str, content: str) -> str:
        """Publishes a post with what WordPress leaves of the content; its address."""
        return f"{self.address}/?p={int(self.php('', WRITE, role=role, content=content))}"

    def troubles(self) -> str:
        """What PHP complained about in our plugin."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return "\n".join(line for line in lines if "plugins/bookwidget" in line)

    def stop(self) -> None:
        for process in reversed(self._started):
            os.killpg(process.pid, signal.SIGTERM)  # PHP's workers outlive it otherwise
            process.wait(PATIENCE)
