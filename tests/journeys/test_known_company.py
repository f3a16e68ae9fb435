"""Every figure of a company of 20 customers against a spreadsheet that was computed without our code."""

from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.formats import money_text
from customers.models import Customer
from tests.factories.known_company import JUNE, Row, below, evening, live, sheet
from tests.journeys.known_answers import audiences, leaving, potential, recommending, week
from tests.journeys.known_forecast import backtest, payback
from tests.journeys.known_tables import expected, money, near, table, told

pytestmark = pytest.mark.django_db
FORECASTS = {"A": "forecast of A", "B": "of B", "C": "of C", "D": "of D"}
YEAR = {"first": "2025-03", "last": "2026-06"}


# What a page shows, the sheet it is in, whether of each customer, whether up to the month.
MEASURES = [
    ("customers", "cohort_customers", False, False),
    ("retention", "cohort_customers", True, False),
    ("orders", "cohort_orders", True, True),
    ("margin", "cohort_cumulative", True, False),
    ("total", "cohort_cumulative", False, False),
]


def test_every_figure_is_that_of_the_spreadsheet():
    people = live()
    # One life of the company for all figures: it takes some seconds.
    with time_machine.travel(evening(JUNE), tick=False):
        client = Client()
        client.force_login(people["manager"])
        customers_are_right()
        for right in (base_value, migration, acquisition, winning, ltv, cohorts, leaks, payback, backtest):
            right(client)
        for right in (leaving, potential, recommending, audiences, week):
            right(client)


def buyers() -> list[Row]:
    return [row for row in sheet("june") if row["orders"]]


def customers_are_right() -> None:
    customers = {each.name: each for each in Customer.objects.select_related("statistics", "standing")}
    for row in buyers():
        who = customers[row["customer"]]
        has, stands = who.statistics, who.standing
        assert (has.orders, has.purchase_days) == (row["orders"], row["purchase days"]), who
        assert (has.first_on, has.last_on) == (row["first"], row["last"]), who
        assert (has.revenue, has.margin) == (money(row["revenue"]), money(row["margin"])), who
        assert has.first_margin == money(row["margin of the first day"]), who
        assert (has.window_orders, has.window_revenue) == (row["window orders"], money(row["window revenue"])), who
        assert (stands.grade, stands.lifecycle) == (row["grade"], row["stage"]), who
        assert stands.expected_gap_days == pytest.approx(row["expected gap"]), who
        assert stands.next_order_on == row["next order"], who
        assert stands.predicted_12 == money(row["forecast 12"]), who
        assert stands.predicted_36 == money(row["forecast 36"]), who
        assert stands.value_at_risk == money(row["value at risk"]), who
    assert len(buyers()) == 19


def base_value(manager: Client) -> None:
    june = table(manager, "base_value", "base-value")[0]
    heads = list(sheet("base")[0])[1:]
    total, customers = (dict(zip(heads, below("base")[line], strict=True)) for line in ("total", "customers"))
    names = {
        "Opening": "value 31 May",
        "Acquired": "acquired",
        "Expanded": "expanded",
        "Reachable again": "reachable again",
        "Attrition": "attrition",
        "Became unreachable": "became unreachable",
        "Closing": "value 30 June",
    }
    for head, column in names.items():
        assert abs(Decimal(june[head])) == money(total[column]), head
    assert int(june["Buyers"]) == customers["value 30 June"]
    lost = table(manager, "base_value", "lost-contacts")[0]
    assert Decimal(lost["What they would bring"]) == money(total["unreachable 30 June"])
    with translation.override("en"):
        shown = money_text(money(total["value 30 June"]))
    assert shown in manager.get(reverse("overview")).content.decode()


def migration(manager: Client) -> None:
    days = {"from": "2026-05-31", "to": "2026-06-30"}
    counted = {row.pop(next(iter(row))): row for row in table(manager, "grades", "moves-customers", **days)}
    summed = {row.pop(next(iter(row))): row for row in table(manager, "grades", "moves-money", **days)}
    for row in sheet("migration"):
        start = row["from"] or "not yet"
        for grade in "ABCD":
            assert int(counted[start][grade] or 0) == row[grade], (start, grade)
            assert Decimal(summed[start][grade] or 0) == money(row[FORECASTS[grade]]), (start, grade)
    by_grade = {row["Grade"]: row for row in table(manager, "grades", "grades")}
    at_risk = [{row["Grade"]: row for row in table(manager, page, "grades")} for page in ("overview", "ltv")]
    for grade in "ABCD":
        of_grade = [row for row in buyers() if row["grade"] == grade]
        assert int(by_grade[grade]["Buyers"]) == len(of_grade)
        columns = {
            "Revenue of the window": "window revenue",
            "Margin so far": "margin",
            "Forecast, 12 months": "forecast 12",
            "Value at risk": "value at risk",
        }
        for head, column in columns.items():
            assert Decimal(by_grade[grade][head]) == money(sum(row[column] for row in of_grade)), (grade, head)
        # One name, one number: the overview and the LTV page tell the same.
        assert {each[grade]["Value at risk"] for each in at_risk} == {by_grade[grade]["Value at risk"]}, grade


def cohorts(manager: Client) -> None:
    for measure in MEASURES:
        cohorts_by(manager, *measure)


def cohorts_by(manager: Client, measure: str, name: str, divided: bool, summed: bool) -> None:
    rows = {row["Cohort"]: row for row in table(manager, "cohorts", "cohorts", measure=measure, **YEAR)}
    cells = 0
    for row in sheet(name):
        shown = rows[f"{row['first month']:%Y-%m-%d}"]
        assert int(shown["Customers"]) == row["customers"]
        so_far = 0
        for age in range(16):
            # The month under way is not over: it is left out of what is summed up over time.
            if row[age] == "" or shown[str(age)] == "":
                continue
            so_far += row[age]
            value = so_far if summed else row[age]
            right = value / row["customers"] if divided else value
            assert float(shown[str(age)]) == pytest.approx(right, abs=0.0051 if measure == "margin" else 1e-6)
            cells += 1
    assert cells >= 100


def acquisition(manager: Client) -> None:
    names = {"ads": "Ads", "site": "Site", "": "Unknown channel", "all": "All channels"}
    year = [row for row in sheet("cac") if row["month"] == "12 months"]
    shown = {row["Channel"]: row for row in table(manager, "cac", "acquisition-channels")}
    assert len(shown) == len(year)
    for row in year:
        compare_costs(shown[names[row["channel"]]], row)
    months = {row["Month won"]: row for row in table(manager, "cac", "acquisition-months", **YEAR)}
    by_month = [row for row in sheet("cac") if row["channel"] == "all" and row["month"] != "12 months"]
    assert len(by_month) == 16
    for row in by_month:
        compare_costs(months[f"{row['month']:%Y-%m-%d}"], row)


def winning(manager: Client) -> None:
    shown = {row["Month"]: row for row in table(manager, "old_new", "old-new", **YEAR)}
    for row in sheet("winning"):
        month = shown[f"{row['month']:%Y-%m-%d}"]
        assert Decimal(month["Spent on winning"]) == money(row["spend"])
        assert told(month["Margin of 12 months"]) == money(row["margin of 12 months"]), month
        assert near(month["Winning: per unit"], row["per unit of money"]), month


def compare_costs(shown: Row, row: Row) -> None:
    known = row["channel"] != ""
    assert int(shown["New customers"]) == row["new customers"], row
    assert told(shown["Paid in all"]) == (expected(row["spend"]) if known else None), row
    assert told(shown["CAC, advertising"]) == expected(row["CAC paid"]), row
    assert told(shown["CAC, fully loaded"]) == expected(row["CAC loaded"]), row
    assert told(shown["Margin so far"]) == expected(row["margin"]), row
    assert told(shown["LTV"]) == expected(row["LTV"]), row
    assert near(shown["LTV : CAC"], row["LTV:CAC"]), row
    assert near(shown["ROMI so far"], row["ROMI so far"]), row
    assert near(shown["ROMI with 12 months"], row["ROMI with 12 months"]), row
    assert int(shown["Inquiries"] or 0) == row["inquiries"], row
    assert told(shown["Cost of an inquiry"]) == expected(row["cost per inquiry"]), row


def ltv(manager: Client) -> None:
    shown = {row["Grade"]: row for row in table(manager, "ltv", "grades")}
    for grade in ("A", "B", "C", "D", "All buyers"):
        of_grade = [row for row in buyers() if grade in {row["grade"], "All buyers"}]
        realised, later = (sum(row[column] for row in of_grade) for column in ("margin", "forecast 36"))
        assert int(shown[grade]["Buyers"]) == len(of_grade)
        assert Decimal(shown[grade]["Realised"]) == money(realised)
        assert Decimal(shown[grade]["Forecast, 36 months"]) == money(later)
        assert Decimal(shown[grade]["LTV"]) == money((realised + later) / len(of_grade))


def leaks(manager: Client) -> None:
    right = below("leaks")
    names = {"missed": "Missed", "uncaptured": "Left without a contact", "forgotten": "Forgotten"}
    for month, period in (("May", "2026-05"), ("June", "2026-06")):
        asked = {"first": period, "last": period}
        shown = {row["What happened"]: row for row in table(manager, "leaks", "leaks_class", **asked)}
        lost = [right[f"{month} {state}"][:3] for state in names]
        for name, line in zip([*names.values(), "In all"], [*lost, map(sum, zip(*lost, strict=True))], strict=True):
            count, spent, margin = line
            row = shown[name]
            assert int(row["Inquiries"]) == count, (month, name)
            assert Decimal(row["Spent on them"]) == money(spent), (month, name)
            assert Decimal(row["Margin lost"]) == money(margin), (month, name)
        of_month = table(manager, "leaks", "leaks_month", **asked)[0]
        count, _spent, saved = right[f"{month} recovered"][:3]
        assert (int(of_month["Called back in time"]), Decimal(of_month["Margin saved"])) == (count, money(saved))
