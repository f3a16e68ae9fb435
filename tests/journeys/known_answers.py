"""Why customers left, what they lack, how they score us, audiences and the week: page by page against the sheets."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.formats import money_text, number_text
from core.models import User
from customers.models import Customer, ProductCategory
from dashboard.queries.summary import weekly_summary
from dashboard.summary_letter import compose
from market.models import Competitor, LeavingReason
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.fields.market import PATTERNS
from segmentation.audiences.tree import read_tree
from segmentation.models import Capability
from tests.factories.known_company import JUNE, Row, below, sheet
from tests.journeys.known_tables import english, expected, money, near, table, told

YEAR = {"first": "2025-07", "last": "2026-06"}
NO_PART = {
    "reason": "Reason not told",
    "competitor": "No competitor named",
    "owner": "In the pool",
    "channel": "Unknown channel",
}


def leaving(manager: Client) -> None:
    rows = sheet("leaving_parts")
    for dimension in dict.fromkeys(row["dimension"] for row in rows[:-1]):
        shown = table(manager, "leaving", f"leaving-{dimension}", **YEAR)
        label = next(iter(shown[0]))
        by_part = {row[label]: row for row in shown}
        right = {_part(row): row for row in rows if row["dimension"] == dimension}
        right["Total"] = rows[-1]
        assert by_part.keys() == right.keys()
        for name, row in right.items():
            _compare_losses(by_part[name], row, name)
            assert name == "Total" or near(by_part[name]["Share"], row["share"]), name
            assert told(by_part[name]["For each"]) == expected(row["for each"]), name
    months = {row["Month"]: row for row in table(manager, "leaving", "leaving-month", **YEAR)}
    for row in sheet("leaving_months"):
        _compare_losses(months[f"{row['month']:%Y-%m-%d}"], row, str(row["month"]))
    _patterns(manager)
    rivals = manager.get(reverse("competitors")).context["rows"]
    assert {row.name: row.told for row in rivals} == {row["competitor"]: row["told"] for row in sheet("rivals")}


def _part(row: Row) -> str:
    """What a page calls the part of a sheet."""
    part = row["part"]
    if not part:
        return NO_PART[row["dimension"]]
    if row["dimension"] == "reason":
        return english(lambda: LeavingReason.objects.get(code=part))
    return part.title() if row["dimension"] == "channel" else part


def _compare_losses(shown: Row, row: Row, name: str) -> None:
    assert int(shown["Customers left"]) == row["customers"], name
    assert told(shown["Lost a year"]) == money(row["lost a year"]), name


def _patterns(manager: Client) -> None:
    rows = sheet("lifts")
    with translation.override("en"):
        names = {code: str(name) for code, name in PATTERNS.names([row["pattern"] for row in rows]).items()}
    shown = {row["What happened before"]: row for row in table(manager, "leaving", "leaving-pattern")}
    assert len(shown) == len(rows)
    for row in rows:
        pattern = shown[names[row["pattern"]]]
        assert int(pattern["Customers"]) == row["exposed"], row
        assert near(pattern["Of them left"], row["share"]), row
        assert near(pattern["Of the others left"], row["share of others"]), row
        assert near(pattern["Times as often"], row["lift"]), row
        with translation.override("en"):
            interval = f"{number_text(row['low'], 2)} – {number_text(row['high'], 2)}"
        assert pattern["95% interval"] == interval, row


def potential(manager: Client) -> None:
    shown = {row["What is missing"]: row for row in table(manager, "potential", "potential")}
    for row in sheet("capabilities"):
        found = shown[row["capability"]]
        assert int(found["Customers"]) == row["customers"], row
        assert told(found["Potential a year"]) == money(row["potential"]), row
        assert found["Asked for since"] == (f"{row['since']:%Y-%m-%d}" if row["since"] else ""), row
        pk = Capability.objects.get(name=row["capability"]).pk
        asking = table(manager, "capability", f"capability-{pk}", pk)
        needs = [need for need in sheet("needs") if need["capability"] == row["capability"]]
        assert {_need(each) for each in asking} == {
            (need["customer"], money(need["potential"]), need["who"], need["evidence"], f"{need['asked on']:%Y-%m-%d}")
            for need in needs
        }
    report = manager.get(reverse("potential")).context["report"]
    assert report.potential == money(below("capabilities")["potential"][0])
    asked = below("candidates")
    assert (report.customers, report.marked) == (asked["customers who wait"][0], asked["marked"][0])
    _candidates(manager)


def _need(row: Row) -> tuple[Any, ...]:
    columns = ("Customer", "Potential a year", "Who asks for it", "How that is known", "Asked on")
    name, amount, *rest = (row[column] for column in columns)
    return (name, told(amount), *rest)


def _candidates(manager: Client) -> None:
    right = {(row["customer"], "Said it themselves", "") for row in sheet("said") if row["proposed"]}
    for column, kind in (
        ("large, guess", "Large orders, but few"),
        ("little, guess", "Buys little of what they could"),
    ):
        right |= {(row["customer"], kind, str(money(row[column]))) for row in sheet("candidates") if row[column] != ""}
    shown = table(manager, "potential", "candidates")
    assert {(row["Customer"], row["Reason"], row["Guess a year"]) for row in shown} == right


def recommending(manager: Client) -> None:
    results = manager.get(reverse("nps_results")).context["results"]
    year, *parts = sheet("nps")
    found = [(results.total, year)]
    found += [(results.by_month[row["of"]], row) for row in parts if not isinstance(row["of"], str)]
    grades = {row["of"]: row for row in parts if isinstance(row["of"], str) and row["answers"]}
    assert {grade or "none" for grade in results.by_grade} == grades.keys()
    found += [(results.by_grade[grade.replace("none", "")], row) for grade, row in grades.items()]
    for score, row in found:
        assert (score.answers, score.promoters, score.detractors) == (
            row["answers"],
            row["promoters"],
            row["detractors"],
        ), row
        if row["answers"]:
            assert abs(score.score - row["score"]) < 1e-9, row
            assert abs(score.standard_error - row["error"]) < 1e-6, row
            assert abs(score.margin - row["half width"]) < 1e-6, row
    assert len(found) > 15


def audiences(manager: Client) -> None:
    user = manager.get(reverse("overview")).wsgi_request.user
    trees = _trees()
    rows = sheet("audiences")
    assert trees.keys() == rows[0].keys() - {"customer"}
    for name, tree in trees.items():
        right = {row["customer"] for row in rows if row[name]}
        found = customers_of(read_tree(tree), user, JUNE).values_list("name", flat=True)
        assert set(found) == right, name
        assert len(found) == len(right) > 0, name


def _is(field: str, op: str, value: Any) -> Row:
    return {"field": field, "op": op, "value": value}


def _trees() -> dict[str, Row]:
    tea = [str(ProductCategory.objects.get(name="Tea").pk)]
    rival = [str(Competitor.objects.get(name="Rival").pk)]
    sunday = [str(Capability.objects.get(name="Sunday delivery").pk)]
    gone = _is("lifecycle", "in", ["lapsed", "lost"])
    return {
        "good and large": {"all": [_is("grade", "in", ["A", "B"]), _is("revenue", "ge", "10000")]},
        "gone or small": {"any": [gone, _is("average_check", "lt", "1000")]},
        "twice, never tea": {"all": [_is("orders", "ge", 2), {"not": _is("bought", "some", {"category": tea})}]},
        "tea of late": _is("bought", "some", {"category": tea, "last_days": 60}),
        "of the ads, worth the middle": {
            "all": [_is("channel", "in", ["ads"]), _is("predicted_36", "between", ["5000", "7000"])]
        },
        "best, safe, silent": {
            "all": [
                {"any": [_is("grade", "in", ["A"]), _is("x", "is", True)]},
                {"not": {"any": [_is("left", "is", True), _is("value_at_risk", "gt", "0")]}},
                _is("last_on", "more_than_days_ago", 20),
            ]
        },
        "unhappy": _is("answered", "some", {"score": [0, 6], "last_days": 365}),
        "at the rival or waiting": {"any": [_is("competitor", "in", rival), _is("capability", "in", sunday)]},
        "neither with us nor gone": {
            "not": {"any": [_is("lifecycle", "in", ["active", "new"]), _is("left", "is", True)]}
        },
    }


def week(manager: Client) -> None:
    """The page of the summary, and the letter that says the same."""
    summary = manager.get(reverse("summary")).context["summary"]
    right = {name: cells[0] for name, cells in below("week").items()}
    places = sorted((row for row in sheet("week") if row["place"] != ""), key=lambda row: row["place"])
    assert summary.snapshot.base_value == money(right["base value"])
    assert summary.snapshot.value_at_risk == money(right["value at risk of all"])
    assert summary.snapshot.base_at_risk == money(right["at risk, reachable"])
    assert abs(float(summary.snapshot.risk_share) - right["its share"]) < 1e-9
    assert [(each.customer.name, each.value_at_risk) for each in summary.to_call] == [
        (row["customer"], money(row["at risk"])) for row in places
    ]
    assert (summary.leaks.count, summary.leaks.margin) == (right["leaks"], money(right["margin of leaks"]))
    assert summary.cost.new_customers == right["new customers of May"]
    assert summary.cost.paid == money(right["CAC paid of May"])
    assert summary.cost.fully_loaded == money(right["CAC loaded of May"])
    assert abs(summary.nps.score - right["NPS"]) < 1e-9
    moved = dict(zip(list(sheet("base")[0])[1:], below("base")["total"], strict=True))
    moves = {move.cause.value: abs(move.amount) for move in summary.moves}
    assert moves == {cause: money(moved[column]) for cause, column in MOVES.items() if moved[column]}
    _letter(manager, right)


MOVES = {
    "acquired": "acquired",
    "expanded": "expanded",
    "reachable_again": "reachable again",
    "shrunk": "attrition",
    "unreachable": "became unreachable",
}


def _letter(manager: Client, right: dict[str, Any]) -> None:
    user = User.objects.get(role="manager")
    summary = weekly_summary(user=user, today=JUNE)
    assert summary is not None
    letter = compose(user=user, week=JUNE, summary=summary)
    with translation.override("en"):
        shown = [money_text(money(right[name])) for name in ("base value", "margin of leaks", "CAC loaded of May")]
    for amount in shown:
        assert amount in letter.text, amount
    assert shown[0] in letter.subject
    assert all(row["customer"] in letter.text for row in sheet("week") if row["place"] != "")
    assert Customer.objects.count() == len(sheet("week"))
