"""Makes worker processes quickly, to be killed: it has imported all and forks one for each line it reads.

`python -m tests.notices.zygote DATABASE_URL MAIL_URL SMS_URL`; prints the process id of each worker.
"""

import os
import signal
import sys
import threading
from dataclasses import replace

from bookwidget.events.jobs import Services
from bookwidget.events.worker import Pace, Worker
from bookwidget.notices.kinds import BUSINESS, CUSTOMER, KINDS
from bookwidget.notices.post import Post
from bookwidget.notices.texting import texting_of
from bookwidget.notices.transport import transport_of
from bookwidget.tenancy.database import Database
from tests.notices.mailing import WIRED, post_with
from tests.notices.test_letters import ADA, cancelled, made_at, moved, reminded, tenant

PACE = Pace(batch=4, lease=0.6, idle=0.02)


def work(database_url: str, post: Post) -> None:
    os.dup2(2, 1)  # the log must not get among the process ids
    Worker(Database(database_url), Services(post), pace=PACE).run(threading.Event())


def main(database_url: str, mail_url: str, sms_url: str) -> None:
    assert WIRED
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    post = replace(post_with(transport_of(mail_url)), texting=texting_of(sms_url))
    for recipient in (CUSTOMER, BUSINESS):  # reads locale and templates, which takes longer than most workers live
        for event in (cancelled(), moved(), made_at()):
            post.composer.letter(tenant(), event, recipient, ADA)
    post.composer.letter(tenant(), reminded(), CUSTOMER, ADA)
    post.composer.text_message(tenant(), KINDS["booking.reminded.customer.sms"], reminded(), ADA)
    for _line in sys.stdin:
        process = os.fork()
        if process == 0:
            work(database_url, post)
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
