"""A company of 20 customers whose every figure stands in a spreadsheet, by formulas over the same inputs.

`known_company.xlsx` beside this file opens in any table program; its formulas know nothing of ours. The company
lives until the night of 31 May 2026 and then through June.
"""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import time_machine
from python_calamine import CalamineWorkbook

from core.models import User
from core.roles import Role
from crm import nightly
from customers.models import ContactPoint, Customer, ProductCategory
from tests.customers.clients import client_of
from tests.factories.acquisition import ChannelFactory, SpendFactory
from tests.factories.core import IntegrationFactory, UserFactory
from tests.factories.customers import ProductFactory
from tests.factories.known_words import befall, wish
from tests.factories.touches import TouchFactory

WORKBOOK = Path(__file__).with_name("known_company.xlsx")
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
HEAD = 2

Row = dict[str, Any]


@cache
def sheet(name: str) -> list[Row]:
    """The rows of a sheet by the names of its columns; the remarks below the table are not among them."""
    rows = CalamineWorkbook.from_path(str(WORKBOOK)).get_sheet_by_name(name).to_python(skip_empty_area=False)
    table = [dict(zip(map(_name, rows[HEAD]), row, strict=True)) for row in rows[HEAD + 1 :]]
    end = next((index for index, row in enumerate(table) if all(value == "" for value in row.values())), len(table))
    return table[:end]


def _name(head: Any) -> Any:
    return int(head) if isinstance(head, float) else head


def below(name: str) -> dict[str, list[Any]]:
    """The lines under the table of a sheet, by what stands in the first column."""
    rows = CalamineWorkbook.from_path(str(WORKBOOK)).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {row[0]: row[1:] for row in rows[HEAD + 1 + len(sheet(name)) :] if row[0]}


def live() -> dict[str, User]:
    """The company until the night of 30 June; returns its people."""
    people = {name: UserFactory(first_name=name, email=f"{name.lower()}@ferma.test") for name in ("Anna", "Boris")}
    people["manager"] = UserFactory(role=Role.MANAGER, language="en", may_export=True)
    _ground()
    with time_machine.travel(evening(MAY), tick=False):
        _push(date.min, MAY)
        _ask(date.min, MAY)
        befall(sheet, date.min, MAY)
        _reach("reachable 2026-05-31")
        _hand_out(people)
        _night(MAY)
    with time_machine.travel(evening(JUNE), tick=False):
        _push(MAY, JUNE)
        _ask(MAY, JUNE)
        befall(sheet, MAY, JUNE)
        wish(sheet, people["Anna"], JUNE)
        _speak_again(people["Anna"])
        _reach("reachable 2026-06-30")
        _hand_out(people)
        _night(JUNE)
    return people


def evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


def _night(day: date) -> None:
    night = nightly.run(as_of=day, now=evening(day))
    assert night.state == "done", list(night.steps.exclude(error="").values_list("name", "error"))


def _ground() -> None:
    for name in ("Coffee", "Tea"):
        ProductFactory(sku=name.upper(), name=name, category=ProductCategory.objects.create(name=name))
    channels = {code: ChannelFactory(code=code, name=code.title()) for code in ("ads", "site")}
    for row in sheet("spend"):
        SpendFactory(channel=channels[row["channel"]], month=row["month"], kind=row["kind"], amount=row["amount"])


def _push(after: date, until: date) -> None:
    """The orders of some days by the API, as a shop would tell them."""
    channels = {row["customer"]: row["channel"] for row in sheet("customers")}
    orders = [
        _order(number, row, channels[row["customer"]])
        for number, row in enumerate(sheet("orders"))
        if after < row["day"] <= until
    ]
    answer = client_of(IntegrationFactory()).post("/api/v1/orders/bulk/", {"orders": orders}, format="json")
    assert answer.status_code == 200, answer.json()


def _order(number: int, row: Row, channel: str) -> Row:
    pieces = 3 if row["returned"] else 1
    line = {
        "sku": row["category"].upper(),
        "quantity": pieces,
        "price": str(row["price"] / pieces),
        "returned_quantity": 1 if row["returned"] else 0,
    }
    if row["cost"] != "":
        line["cost"] = str(row["cost"])
    return {
        "source": "shop",
        "external_id": f"{number}",
        "placed_at": f"{row['day']:%Y-%m-%d}T12:00:00+03:00",
        "status": row["status"],
        "customer": {"external_id": row["customer"], "name": row["customer"], "phone": _phone(row["customer"])},
        "channel": channel,
        "lines": [line],
    }


def _ask(after: date, until: date) -> None:
    """The inquiries of some days by the API, as a telephone exchange would tell them."""
    asked = [_inquiry(row) for row in sheet("inquiries") if after < row["day"] <= until]
    answer = client_of(IntegrationFactory()).post("/api/v1/inquiries/bulk/", {"inquiries": asked}, format="json")
    assert answer.status_code == 200, answer.json()


def _inquiry(row: Row) -> Row:
    told = {
        "source": "phone",
        "external_id": row["inquiry"],
        "kind": row["kind"],
        "at": f"{row['day']:%Y-%m-%d}T{row['time']}:00+03:00",
        "channel": row["channel"],
        "is_answered": bool(row["answered"]),
        "is_spam": bool(row["spam"]),
        "creates_customer": False,
    }
    if row["customer"]:
        told["customer"] = {"source": "shop", "external_id": row["customer"]}
        told["creates_customer"] = True
    if row["phone"]:
        told["phone"] = row["phone"]
    if row["manager"]:
        told["answered_by"] = f"{row['manager'].lower()}@ferma.test"
    return told


def _speak_again(by: User) -> None:
    for row in sheet("inquiries"):
        if row["again on"]:
            hour, minute = map(int, row["again at"].split(":"))
            at = datetime(
                row["again on"].year, row["again on"].month, row["again on"].day, hour - 3, minute, tzinfo=UTC
            )
            TouchFactory(customer=Customer.objects.get(name=row["customer"]), by=by, at=at)


def _phone(customer: str) -> str:
    return f"+79{int(customer[1:]):09d}"


def _reach(column: str) -> None:
    """Which addresses are good on the evening of the day."""
    for row in sheet("customers"):
        status = "valid" if row[column] else "unreachable"
        ContactPoint.objects.filter(customer__name=row["customer"]).update(status=status)


def _hand_out(people: dict[str, User]) -> None:
    for row in sheet("customers"):
        Customer.objects.filter(name=row["customer"]).update(owner=people.get(row["owner"]))
