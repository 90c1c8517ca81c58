"""The worker's process. What it works with is imported here, so that the web service does without."""

from bookwidget import make_services
from bookwidget.accounts import importing_customers
from bookwidget.bookings import importing, series_work
from bookwidget.config import Config, ConfigError
from bookwidget.events.jobs import Services as Lent
from bookwidget.events.worker import Worker
from bookwidget.kernel.clock import utc_now
from bookwidget.logs import configure_logging
from bookwidget.notices import delivery, forgetting, reminding, signing_up, subscribers
from bookwidget.notices.post import make_post
from bookwidget.notices.texting import Texting, texting_of
from bookwidget.ops.processes import stop_asked
from bookwidget.web.links import ServiceLinks

WORKS_WITH = (delivery, forgetting, importing, importing_customers, reminding, series_work, signing_up, subscribers)
"""Importing them registers what the worker can do."""


def texting(config: Config) -> Texting:
    """ValueError for settings that are none."""
    return texting_of(
        config.sms_url, token=config.sms_token, sender=config.sms_sender, body=config.sms_body, fields=config.sms_fields
    )


def work(config: Config, *, with_input: bool = False) -> None:
    """The worker."""
    stop = stop_asked(with_input=with_input)
    configure_logging()
    services = make_services(config, utc_now)
    links = ServiceLinks(config.public_url, services.tokens)
    try:
        post = make_post(
            config.mail_url,
            texting(config),
            sender=config.mail_from,
            host=config.mail_from.rpartition("@")[2],
            links=links,
            themes=services.themes,
            catalogs=services.catalogs,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None
    try:
        Worker(services.database, Lent(post)).run(stop)
    finally:
        services.database.dispose()
