"""Every setting of an installation: its name, its default, and what it means.

Values come from the environment (`BOOKWIDGET_PUBLIC_URL=…`; `DATABASE_URL`, `INSTANCE` and `PORT` also without
the prefix), then from `config.toml` in the instance folder (`public_url = "…"`), then from the defaults here.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BARE_NAMES = {"DATABASE_URL", "INSTANCE", "PORT"}
"""Settings that are read from the environment without the prefix too."""


class ConfigError(Exception):
    """A setting is unknown or has no usable value; the message names it."""


@dataclass(frozen=True)
class Config:
    """The settings of one installation."""

    instance: Path = Path("instance")
    """Folder of the installation's data: database, secret, uploaded files."""
    database_url: str = ""
    """SQLAlchemy address; empty: SQLite in the instance folder. `postgresql+psycopg://…` for PostgreSQL."""
    secret_key: str = field(default="", repr=False)
    """Signs tokens; empty: made once and kept in the instance folder."""
    public_url: str = ""
    """Scheme and host that browsers see, for links in mails and snippets; empty: `http://localhost:PORT`."""
    port: int = 8000
    """Port that `bookwidget serve` listens on."""
    listen: str = "127.0.0.1"
    """Address that `bookwidget serve` listens on."""
    threads: int = 8
    """Threads of `bookwidget serve`."""
    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-For, -Proto and -Host."""
    mail_url: str = ""
    """`smtp://user:password@host:587?starttls=1`, `smtps://…` or `maildir:///folder`; empty: in the instance."""
    mail_from: str = "bookings@localhost"
    """Sender address of all mail; answers go to the business."""
    sms_url: str = ""
    """Address of a gateway that takes a text message by POST; empty: what would be sent is only noted in the log."""
    sms_token: str = field(default="", repr=False)
    """Sent to the gateway as `Authorization: Bearer …`."""
    sms_sender: str = ""
    """Name or number that text messages come from; empty: the gateway decides."""
    sms_body: str = "json"
    """How the gateway takes them: `json` or `form`."""
    sms_fields: str = "to text from"
    """What it calls number, text and sender."""
    sign_up: bool = True
    """Whether anybody can sign up a business at /signup; off: only `bookwidget tenant create` makes one."""
    dns_server: str = ""
    """Address and port of the name server that says where owners' host names lead; empty: the machine's."""
    development: bool = False
    """Shows the development pages (/dev/mailbox). Never where real customers are."""
    widget_folders: tuple[Path, ...] = ()
    """More folders to find widgets in, beside the shipped ones."""
    theme_folders: tuple[Path, ...] = ()
    """More folders to find themes in, beside the shipped ones."""
    plugin_folders: tuple[Path, ...] = ()
    """Folders to find plugins in: each `.py` file is one. A business uses it if its setting `extras.on` names it."""
    max_upload: int = 5 * 1024 * 1024
    """Largest request body in bytes; booking forms with files take what the business allows instead."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **given: Any) -> "Config":
        """Reads environment and `config.toml`; `given` beats both. `ConfigError` names what is wrong.

        Makes the instance folder, and in it the secret if no setting has one.
        """
        config = cls.read(environ, **given)
        config.instance.mkdir(parents=True, exist_ok=True)
        return replace(config, secret_key=config.secret_key or _kept_secret(config.instance / "secret_key"))

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None, **given: Any) -> "Config":
        """The same for who only looks: nothing is written, and there is no secret where no setting has one."""
        from_environment = _from_environment(os.environ if environ is None else environ)
        instance = Path(given.get("instance") or from_environment.get("instance") or cls.instance).resolve()
        values = {**_from_file(instance / "config.toml"), **from_environment, **given, "instance": instance}
        config = cls(**{name: _typed(name, value) for name, value in values.items()})
        return config._completed()

    def _completed(self) -> "Config":
        """Fills in the defaults that depend on other settings."""
        host = urlsplit(self.public_url or f"http://localhost:{self.port}")
        if host.scheme not in ("http", "https") or not host.netloc or host.path.strip("/"):
            raise ConfigError(f"public_url: {self.public_url!r} is not a scheme and a host")
        return Config(
            **{
                **{f.name: getattr(self, f.name) for f in fields(self)},
                "database_url": self.database_url or f"sqlite:///{self.instance / 'bookwidget.db'}",
                "public_url": f"{host.scheme}://{host.netloc}",
                "mail_url": self.mail_url or f"maildir://{self.instance / 'mailbox'}",
            }
        )

    @cached_property
    def public_host(self) -> str:
        """Host name and port of `public_url`."""
        return urlsplit(self.public_url).netloc

    @property
    def files(self) -> Path:
        """Folder of uploaded files."""
        return self.instance / "files"


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    prefixed = {
        name.removeprefix("BOOKWIDGET_").lower(): value
        for name, value in environ.items()
        if name.startswith("BOOKWIDGET_")
    }
    bare = {name.lower(): environ[name] for name in BARE_NAMES if environ.get(name)}
    return {**bare, **prefixed}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error


def _typed(name: str, value: Any) -> Any:
    """The value in its field's type."""
    known = {f.name: f.default for f in fields(Config)}
    if name not in known:
        raise ConfigError(f"{name}: there is no such setting")
    default = known[name]
    try:
        if isinstance(default, bool):
            return (
                value
                if isinstance(value, bool)
                else {"1": True, "true": True, "0": False, "false": False}[value.lower()]
            )
        if isinstance(default, tuple):
            parts = value.split(os.pathsep) if isinstance(value, str) else value
            return tuple(Path(part) for part in parts if str(part))
        kind: type = type(default)
        return kind(value) if not isinstance(default, Path) else Path(value)
    except (KeyError, ValueError) as error:
        raise ConfigError(f"{name}: {value!r} is not a {type(default).__name__}") from error


def _kept_secret(path: Path) -> str:
    """The installation's secret, made at its first start and readable by its owner only."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text("utf-8").strip()
