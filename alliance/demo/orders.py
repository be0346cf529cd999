"""The demo's own orders: a file as a shop would export it, the same for the same day and seed.

It goes through the very import that partners' files go through; nothing is written past the services.
"""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

HEADER: Final = ("OrderNo", "SKU", "Title", "Quantity", "UnitPrice", "OrderedAt", "Customer", "Partner")
CURRENCY: Final = "CNY"
TIME_ZONE: Final = "Asia/Shanghai"
PARTNER_CODES: Final = ("FIT", "AUTO", "HOME")
UNKNOWN_PARTNER: Final = "TRAVEL"  # not in the alliance yet: its orders wait in suspense
_MONTHS: Final = 6
_ORDERS_A_DAY: Final = (2, 7)
_GOODS: Final = (
    ("COURSE-101", "Strength training for desk workers 办公族力量训练", "199.00"),
    ("COURSE-205", "Nutrition in 21 days 21 天营养课", "99.90"),
    ("COURSE-310", "Reading a car loan contract 看懂车贷合同", "49.00"),
    ("COURSE-412", "Interior light and colour 家居光与色", "129.50"),
    ("BUNDLE-07", "Course and starter kit 课程加入门套装", "368.88"),
    ("LIVE-22", "Live question hour 直播答疑", "9.99"),
    ("KIT-03", "Resistance bands 弹力带", "35.60"),
)


@dataclass(frozen=True, slots=True)
class DemoLine:
    """One line of the demo's order file, money as written in a file."""

    order: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    ordered_at: datetime
    customer: str
    partner: str

    def cells(self) -> tuple[str, ...]:
        """The line as the file's cells."""
        return (
            self.order,
            self.sku,
            self.title,
            str(self.quantity),
            str(self.unit_price),
            self.ordered_at.strftime("%Y-%m-%d %H:%M:%S"),
            self.customer,
            self.partner,
        )


def first_day_before(today: date) -> date:
    """The day of the first order: the first of a month about half a year before `today`."""
    return (today.replace(day=1) - timedelta(days=31 * (_MONTHS - 1))).replace(day=1)


def demo_order_file(*, today: date, seed: int = 7) -> bytes:
    """A CSV file (UTF-8) of about six months of orders up to `today`, local times in `TIME_ZONE`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(line.cells() for line in demo_lines(today=today, seed=seed))
    return text.getvalue().encode()


def demo_lines(*, today: date, seed: int = 7) -> Iterator[DemoLine]:
    """Sales of one to four lines, a refund (`C…`) for about one in twenty, and a few free orders."""
    dice = random.Random(seed)  # noqa: S311  demo data, not a secret
    number = 100_000
    first = first_day_before(today)
    for offset in range((today - first).days + 1):
        day = first + timedelta(days=offset)
        for _ in range(dice.randint(*_ORDERS_A_DAY)):
            number += 1
            yield from _order(dice, day, number)


def _order(dice: random.Random, day: date, number: int) -> Iterator[DemoLine]:
    at = datetime(day.year, day.month, day.day, dice.randint(7, 22), dice.randint(0, 59))  # noqa: DTZ001  a file's local time
    partner = dice.choices((*PARTNER_CODES, UNKNOWN_PARTNER), weights=(5, 3, 3, 0.15))[0]
    customer = f"{dice.randint(20_000, 29_999)}"
    refunded = dice.random() < 0.05  # noqa: PLR2004  one in twenty comes back
    for sku, title, price in dice.sample(_GOODS, dice.choices((1, 2, 3, 4), weights=(6, 3, 1, 1))[0]):
        free = dice.random() < 0.01  # noqa: PLR2004  a give-away
        line = DemoLine(
            order=str(number),
            sku=sku,
            title=title,
            quantity=dice.choices((1, 2, 3), weights=(8, 2, 1))[0],
            unit_price=Decimal("0.00") if free else Decimal(price),
            ordered_at=at,
            customer=customer,
            partner=partner,
        )
        yield line
        if refunded:
            yield DemoLine(
                f"C{number}", sku, title, -line.quantity, line.unit_price, at + timedelta(minutes=55), customer, partner
            )
