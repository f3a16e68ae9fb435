"""Conditions, figures and the front desk, from people who mean harm, or do not care."""

import contextlib
import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from core.roles import Role
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.registry import all_fields
from segmentation.audiences.tree import Any_, Not, TreeFaultError, as_json, read_text
from segmentation.audiences.words import told
from tests.factories.company import Company, company
from tests.factories.naughty import survives

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return company()


@pytest.fixture
def manager(client: Client, firm: Company) -> Client:
    client.force_login(firm.people[Role.MANAGER])
    return client


# Trees of conditions that are none, or that ask for too much.
TREES = [
    '{"all": ' * 3000 + "[]" + "}" * 3000,
    "[" * 100_000,
    json.dumps({"all": [{"any": [{"not": {"all": [{"any": [{"not": {"all": [{"field": "x"}]}}]}]}}]}]}),
    json.dumps({"all": [{"field": "kind", "op": "in", "value": ["person"]}] * 100_000}),
    json.dumps({"all": [{"field": "owner", "op": "in", "value": [str(n) for n in range(2000)]}]}),
    '{"field": "realised", "op": "ge", "value": 1e400}',
    '{"field": "realised", "op": "ge", "value": NaN}',
    "null",
    '"all"',
    "[]",
    '{"all": null, "any": []}',
    '{"field": ["owner"], "op": {}, "value": {}}',
    '{"field": "kind", "op": "in", "value": ["person"], "lookup": "owner__password"}',
    '{"not": {"not": {"field": "nothing", "op": "is", "value": true}}}',
    '{"field": "own.nothing", "op": "is", "value": true}',
]
VALUES = [
    True,
    None,
    [],
    {},
    [[]],
    [None],
    -1,
    10**30,
    1e-320,
    "1e-999999999",
    "-1e-400",
    "-0",
    "sNaN",
    "Infinity",
    "99999999999999.999999999",
    ["1e14", "1e14"],
    ["9" * 18],
    ["-1"],
    "0001-01-01",
    "9999-12-31",
    ["1900-01-01", "2999-12-31"],
    "1900-01",
    "2999-12-31",
    36_500,
    "' OR 1=1 --",
    "%_\\\ud800",
    {"count": 10**6, "last_days": 36_500},
    {"count": "1e-30", "from": "1900-01-01", "to": "2999-12-31"},
    {"owner__password": "a", "score": [0, 1, 2]},
    {"score": [-(2**31) + 1, 2**31 - 1], "first": "2026-01-01"},
]


def test_no_tree_of_conditions_breaks_an_audience(manager):
    for text in TREES:
        with pytest.raises(TreeFaultError):
            read_text(text)
    survives(manager, [("post", reverse("audience_count"), {"tree": text}) for text in TREES])
    survives(manager, [("post", reverse("audience_new"), {"name": "a", "tree": text}) for text in TREES[:7]])
    survives(manager, [("get", reverse("customer_list"), {"where": text[:9000]}) for text in TREES[5:11]])


def test_what_a_condition_takes_it_can_ask_keep_and_read_again(firm):
    user, today = firm.people[Role.FARMER], date(2026, 11, 22)
    for field in all_fields():
        for op in field.operators:
            taken = []
            for value in VALUES:
                with contextlib.suppress(TreeFaultError):
                    node = read_text(json.dumps({"field": field.code, "op": op, "value": value}))
                    assert read_text(json.dumps(as_json(node))) == node
                    taken.append(node)
            if taken:
                assert told(Any_(tuple(taken)))
                customers_of(Not(Any_(tuple(taken[:20]))), user, today).count()


def test_no_day_without_end_breaks_a_page(manager):
    asked = [
        ("inquiries", {"last": "0001-01-01"}),
        ("inquiries", {"first": "0001-01-01"}),
        ("cac", {"first": "2999-12"}),
        ("cac", {"last": "2999-12"}),
        ("grades", {"since": "9999-12-31", "until": "0001-01-01"}),
        ("cohorts", {"first": "2999-12", "dimension": "channel", "value": "none", "measure": "payback"}),
        ("policies", {"category": "9" * 5000}),
        ("policies", {"category": "٣"}),
        ("policy_preview", {"category": "9" * 5000}),
    ]
    survives(manager, [("get", reverse(name), data) for name, data in asked])


def test_no_form_of_the_figures_breaks_on_naughty_text(manager, firm):
    ids, own = firm.ids, firm.own[Role.MANAGER]
    card, inquiry = own.customer.pk, own.ids["inquiry"]
    requests: list[tuple[str, str, Any]] = []
    for text in ("\r\nSet-Cookie: a=b %s", "9" * 19, "²", "NaN", "9999-12-31"):
        at = {"expected_on": text, "state": text, "description": text}
        requests += [
            ("post", reverse("audience_new"), {"name": text, "tree": text, "version": text}),
            ("post", reverse("audience_page", args=[ids["audience"]]), {"name": text, "version": text}),
            ("post", reverse("audience_page", args=[ids["audience"]]), {"name": "a", "version": text, "copy": text}),
            ("post", reverse("audience_freeze", args=[ids["audience"]]), {"name": text}),
            ("post", reverse("audience_count"), {"tree": text}),
            ("post", reverse("potential"), {"name": text, **at}),
            ("post", reverse("capability", args=[ids["capability"]]), {"name": text, **at}),
            ("post", reverse("capability", args=[ids["capability"]]), {"name": "a", "state": "shipped", **at}),
            ("post", reverse("need_add", args=[card]), dict.fromkeys(("capability", "potential", "asked_on"), text)),
            ("post", reverse("need", args=[card, own.ids["card_need"]]), {"capability": "a", "potential": text}),
            ("post", reverse("leaving_reasons"), {"name": text}),
            ("post", reverse("leaving_reason", args=[ids["leaving_reason"]]), {"name": text, "way": text}),
            ("post", reverse("leaving_reason_move", args=[ids["leaving_reason"]]), {"up": text, "by": text}),
            ("post", reverse("competitors"), {"name": text, "website": text, "note": text}),
            ("post", reverse("customer_left", args=[card]), {"reason": text, "competitor": text, "note": text}),
            ("post", reverse("why", args=[firm.tokens["why"]]), {"reason": text, "note": text}),
            (
                "post",
                reverse("inquiries"),
                dict.fromkeys(("phone", "name", "kind", "channel", "email", "next_step_on", "token", "note"), text),
            ),
            ("post", reverse("inquiries"), {"token": str(uuid4()), "kind": "call", "name": text, "note": text}),
            (
                "post",
                reverse("inquiries"),
                {
                    "token": str(uuid4()),
                    "kind": "call",
                    "phone": "+7 912 555-11-22",
                    "next_step": text,
                    "next_step_on": text,
                },
            ),
            ("post", reverse("inquiry_answer", args=[inquiry]), {"is_reached": text, "note": text, "back": text}),
            ("post", reverse("inquiry_capture", args=[inquiry]), {"phone": text, "email": text, "name": text}),
            ("post", reverse("inquiry_step", args=[inquiry]), {"next_step": text, "next_step_on": text}),
            ("post", reverse("inquiry_step", args=[inquiry]), {"next_step": "a", "next_step_on": text}),
            ("post", reverse("inquiry_order", args=[inquiry]), {"order": text}),
            ("post", reverse("inquiry_spam", args=[inquiry]), {"on": text, "back": text}),
            ("post", reverse("inquiry_contact", args=[inquiry]), {"channel": text}),
            (
                "post",
                reverse("leak_policy"),
                dict.fromkeys(("callback_hours", "forgotten_days", "order_days"), text),
            ),
            ("post", reverse("campaign_open", args=[ids["channel"]]), {"code": text, "name": text, "starts_on": text}),
            ("post", reverse("campaign_edit", args=[ids["campaign"]]), {"name": text, "ends_on": text}),
            ("post", reverse("attribution_rule"), {"model": text, "lookback_days": text}),
            ("post", reverse("attribution_rule"), {"model": "linear", "lookback_days": text}),
            (
                "post",
                reverse("channel_spend", args=[ids["channel"]]) + "?month=2026-01",
                {"day": text, "campaign": text, "kind": "tools", "amount": text},
            ),
            ("post", reverse("retention_save"), {"month": "2026-01", "salaries": text, "tools": text}),
            ("post", reverse("summary_choice"), {"wanted": text}),
            ("post", reverse("policy_preview_list"), {"reason": text}),
            ("post", reverse("policies"), {"kind": "person", "category": text, "is_end": text}),
        ]
    survives(manager, requests)
    # What of it was kept breaks no page either.
    shown = ("inquiries", "potential", "leaving_reasons", "competitors", "attribution_rule", "worklist", "policies")
    kept = [*map(reverse, shown), reverse("inquiry", args=[inquiry]), reverse("channel_spend", args=[ids["channel"]])]
    survives(manager, [("get", url, {}) for url in kept])
