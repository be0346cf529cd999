"""django-hordak, posting on request: a line "single 100" or "bulk 500" on standard input, one sample as JSON out."""

import contextlib
import json
import os
import sys
from dataclasses import asdict

import django
from django.conf import settings

from alliance.environment import database
from benchmarks.measure import timed


def set_up() -> None:
    """Settings of its own: hordak's applications on its own database."""
    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DATABASES={"default": database(os.environ["HORDAK_DATABASE_URL"])},
        DEFAULT_CURRENCY="EUR",
        CURRENCIES=["EUR"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def serve() -> None:
    """Answer until standard input ends."""
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        set_up()
        from django.db import connection, transaction
        from hordak.models import Account, AccountType, Leg, Transaction
        from moneyed import Money

        bank = Account.objects.create(name="Bank", code="1", type=AccountType.asset, currencies=["EUR"])
        income = Account.objects.create(name="Income", code="2", type=AccountType.income, currencies=["EUR"])
        price = Money(100, "EUR")

        def single(count: int) -> int:
            """The documented way: a transaction and its two legs in one database transaction."""
            for _ in range(count):
                with transaction.atomic():
                    posted = Transaction.objects.create()
                    Leg.objects.create(transaction=posted, account=bank, debit=price)
                    Leg.objects.create(transaction=posted, account=income, credit=price)
            return count

        def bulk(count: int) -> int:
            """What its own benchmark command does: bulk_create of transactions and of legs."""
            with transaction.atomic():
                posted = Transaction.objects.bulk_create([Transaction() for _ in range(count)])
                legs = [Leg(transaction=each, account=bank, debit=price) for each in posted]
                legs += [Leg(transaction=each, account=income, credit=price) for each in posted]
                Leg.objects.bulk_create(legs)
            return count

        connection.ensure_connection()
        backend_pid = connection.connection.info.backend_pid
        for request in sys.stdin:
            what, size = request.split()
            work = {"single": single, "bulk": bulk}[what]
            sample = timed(lambda work=work, size=size: work(int(size)), backend_pid=backend_pid)
            answers.write(json.dumps(asdict(sample)) + "\n")
            answers.flush()


if __name__ == "__main__":
    serve()
