"""Programs that send the API anything at all: it keeps what was sent as it was, or refuses it in words."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from core.models import ApiToken, Scope
from core.tokens import issue_token
from customers.models import Address, ContactPerson, Obligation, Order, Product, TimelineEvent
from tests.factories.audiences import audience
from tests.factories.core import IntegrationFactory, ManagerFactory
from tests.factories.naughty import NAUGHTY, NUMBERS, ODD, OWN, survives

pytestmark = pytest.mark.django_db


def api(scopes: list[str] | None = None) -> Client:
    by = ManagerFactory()
    _row, secret = issue_token(
        user=IntegrationFactory(), name="shop", scopes=list(scopes or Scope.values), created_by=by
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


PUSHED = ("orders", "customers", "contacts", "consents", "products", "categories", "obligations", "events", "inquiries")
ORDER = {
    "source": "shop",
    "external_id": "1",
    "placed_at": "2026-01-05T10:00:00+03:00",
    "customer": {"external_id": "c1"},
    "total": "100",
}


def unlike(text: str, number: int) -> Iterator[str]:
    """Where the text was kept, and not as it was sent."""
    kept = [
        (Product, {"sku": text.strip()}, ("name", "category.name")),
        (Obligation, {"order__external_id": f"n{number}"}, ("what", "note")),
        (TimelineEvent, {"customer__external_refs__external_id": f"c{number}", "kind": "searched"}, ("data.query",)),
        (Address, {"customer__external_refs__external_id": f"t{number}"}, ("line", "city")),
        (ContactPerson, {"customer__external_refs__external_id": f"t{number}"}, ("name", "role", "note")),
    ]
    for model, found, names in kept:
        for row in model.objects.filter(**found):
            for name in names:
                value: Any = row
                for part in name.split("."):
                    value = value[part] if isinstance(value, dict) else getattr(value, part)
                if value != text.strip():
                    yield f"{model.__name__}.{name} {ascii(text)[:60]}: {ascii(value)[:60]}"


def test_the_api_keeps_naughty_text_or_refuses_it_in_words():
    client = api()
    client.raise_request_exception = False
    wrong = []
    for number, text in enumerate([*NAUGHTY, "\ud800", "\udfff x"]):
        order = ORDER | {
            "external_id": f"n{number}",
            "promo_code": text[:50],
            "channel": text[:50],
            "customer": {"external_id": f"c{number}", "name": text[:300]},
        }
        bodies: dict[str, Any] = {"orders/": order}
        if number < len(OWN) or text not in NAUGHTY:
            bodies |= {
                "orders/bulk/": {
                    "orders": [ORDER | {"source": text, "external_id": text, "status": text}, text, None, 1]
                },
                "customers/": {
                    "source": text,
                    "external_id": text,
                    "name": text,
                    "kind": text,
                    "phone": text,
                    "email": text,
                },
                "customers/bulk/": {
                    "customers": [
                        {
                            "source": "shop",
                            "external_id": f"t{number}",
                            "name": text,
                            "city": text,
                            "tags": [text],
                            "custom": {text: text},
                            "addresses": [{"line": text, "city": text, "country": text}],
                            "people": [{"name": text, "role": text, "note": text}],
                            "tax_number": text,
                            "birthday": text,
                            "owner": text,
                        },
                        {"source": text, "contacts": [{"channel": text, "value": text}], "time_zone": text},
                    ]
                },
                "contacts/": {"customer": {"external_id": text}, "channel": text, "value": text, "status": text},
                "contacts/bulk/": {"contacts": [{"customer": {"phone": text}, "channel": "email", "value": text}]},
                "consents/": {"source": text, "customer": {"email": text}, "channel": "email", "proof": text},
                "consents/bulk/": {"consents": [{"source": text, "customer": {"id": text}, "at": text}, text]},
                "products/": {"sku": text, "name": text, "category": text, "price": text, "is_active": text},
                "products/bulk/": {"products": [{"sku": text, "name": text, "category": text}, text]},
                "categories/": {"name": text, "margin_rate": text},
                "obligations/": {
                    "source": "shop",
                    "external_id": text,
                    "order": {"external_id": f"n{number}"},
                    "kind": "other",
                    "due_on": "2026-01-05",
                    "what": text,
                    "note": text,
                },
                "obligations/bulk/": {"obligations": [{"source": text, "due_on": text, "order": {"source": text}}]},
                "events/": {
                    "source": "shop",
                    "key": text,
                    "kind": "searched",
                    "query": text,
                    "url": text,
                    "customer": {"external_id": f"c{number}"},
                },
                "events/bulk/": {"events": [{"source": text, "kind": text, "items": [{"sku": text}]}, text]},
                "channels/": {"code": text, "name": text, "kind": text},
                "channels/campaigns/": {"channel": text, "code": text, "name": text, "starts_on": text},
                "inquiries/": {
                    "source": text,
                    "external_id": text,
                    "kind": "call",
                    "at": "2026-01-05T10:00:00+03:00",
                    "answered": text,
                    "phone": text,
                    "line": text,
                    "note": text,
                    "next_step_on": text,
                },
                "inquiries/bulk/": {"inquiries": [{"source": text, "kind": text, "at": text, "customer": text}, text]},
                "spend/": {"channel": text, "month": text, "kind": text, "amount": text},
                "spend/bulk/": [{"channel": text, "month": text, "kind": text, "amount": text}, text],
                "nps/responses/": {
                    "order_source": text,
                    "order_external_id": text,
                    "score": text,
                    "comment": text,
                    text: text,
                },
            }
        for path, body in bodies.items():
            response = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
            if response.status_code >= 500:
                error = ascii(response.exc_info and response.exc_info[1])[:200]
                wrong.append(f"{path} {ascii(text)[:60]}: {error}")
        if text.isprintable() and text.strip():
            wrong += unlike(text, number)
        kept = Order.objects.filter(external_id=f"n{number}").select_related("customer").first()
        if kept is not None and text.isprintable() and len(text) <= 50:
            assert kept.customer.name == text.strip()
            assert kept.promo_code == text.strip()
    assert not wrong, "\n".join(wrong)
    assert Order.objects.count() > 20


def test_the_api_refuses_bodies_that_are_no_bodies():
    client = api()
    client.raise_request_exception = False
    bodies = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"1",
        b'"text"',
        b"\xff\xfe",
        b"{" * 100_000,
        b"[" * 100_000,
        b'{"a": NaN}',
        b'{"total": 1e999999999}',
        b'{"total": ' + b"9" * 10_000 + b"}",
        b"\0",
        b'{"source": {"a": [1]}, "lines": [[]], "customer": 5}',
        b'{"lines": {}, "customer": []}',
        b'{"version": 1e400, "status": {}, "currency": [], "rate": {}}',
        b'{"orders": {}}',
        b'{"orders": [[[]]]}',
    ]
    wrong = []
    paths = [
        *(f"{name}/{many}" for name in PUSHED for many in ("", "bulk/")), "channels/", "spend/", "spend/bulk/",
        "nps/responses/", "channels/campaigns/",
    ]  # fmt: skip
    for path in paths:
        for body in bodies:
            response = client.post(f"/api/v1/{path}", body, content_type="application/json")
            if response.status_code not in (400, 200 if path == "spend/bulk/" else 400, 207, 422):
                wrong.append(f"{path} {body[:40]!r}: {response.status_code} {response.exc_info}")
        for kind in ("text/plain", "multipart/form-data; boundary=x", "application/xml", "x", ""):
            response = client.post(f"/api/v1/{path}", b"{}", content_type=kind)
            if response.status_code != 415:
                wrong.append(f"{path} as {kind}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_address_breaks_the_api():
    client = api()
    asked = {
        "orders/": ("customer", "status", "source", "external_id", "placed_from", "placed_to", "updated_since"),
        "customers/": ("source", "external_id", "phone", "email", "updated_since", "custom"),
        "contacts/": ("customer", "value"),
        "products/": ("sku", "is_active"),
        "obligations/": ("due_from", "overdue"),
        "events/": ("at_from",),
        "spend/": ("channel", "kind", "month_from", "month_to"),
        "channels/": (),
        "channels/campaigns/": ("channel",),
        "inquiries/": ("source", "external_id", "kind", "channel", "from", "to", "updated_since", "customer"),
        "audiences/": (),
        f"audiences/{audience(by=ManagerFactory(), is_shared=True).pk}/members/": (),
        "nps/responses/": ("customer", "answered_from", "answered_before", "kind"),
    }
    values = [*NUMBERS, *ODD, "1e50", "1e400", "NaN", "-Infinity", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00Z"]
    requests = [
        ("get", f"/api/v1/{path}", {name: value})
        for path, names in asked.items()
        for name in (*names, "cursor", "page_size", "limit", "format", "ordering")
        for value in [*values, "cj0xJnA9", "cD0yMDI2", "bz05OTk5OTk5OTk5", "cD1hYmM%3D"]
    ]
    survives(client, requests)


def test_a_token_works_in_its_header_only():
    by = ManagerFactory()
    _row, secret = issue_token(user=IntegrationFactory(), name="x", scopes=["orders:read"], created_by=by)
    client = Client()
    for url in (f"?token={secret}", f"?access_token={secret}", f"?Authorization=Bearer+{secret}"):
        assert client.get(f"/api/v1/orders/{url}").status_code == 401
    for header in (
        secret,
        f"Token {secret}",
        f"Basic {secret}",
        "Bearer",
        "Bearer a b",
        "Bearer \xff",
        f"Bearer {secret}x",
    ):
        assert client.get("/api/v1/orders/", headers={"Authorization": header}).status_code == 401
    client.cookies["token"] = secret
    assert client.get("/api/v1/orders/").status_code == 401


def test_an_answer_that_tells_back_odd_characters_is_kept_under_its_key():
    client = api()
    for number, text in enumerate(["\0", "\ud800", "a\0b"]):
        rows = [ORDER | {"external_id": f"good{number}"}, ORDER | {"source": text, "external_id": text, "status": text}]
        body = json.dumps({"orders": rows})
        how = {"content_type": "application/json", "headers": {"Idempotency-Key": f"k{number}"}}
        first = client.post("/api/v1/orders/bulk/", body, **how)
        again = client.post("/api/v1/orders/bulk/", body, **how)
        assert [row["fate"] for row in first.json()["results"]] == ["created", "refused"]
        assert (again.status_code, again.json()) == (207, first.json())
        assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("offset", ["+23:59", "-16:00"])
def test_a_moment_that_no_clock_shows_refuses_its_row_and_no_other(offset):
    rows = [ORDER, ORDER | {"external_id": "2", "placed_at": f"2026-01-05T10:00:00{offset}"}]
    answer = api().post("/api/v1/orders/bulk/", json.dumps({"orders": rows}), content_type="application/json").json()
    assert [row["fate"] for row in answer["results"]] == ["created", "refused"]
    assert answer["results"][1]["errors"][0]["attr"] == "placed_at"


def test_an_idempotency_key_out_of_order_is_refused_in_words():
    client = api()
    client.raise_request_exception = False
    body = json.dumps(ORDER)
    for key in ("", " " * 300, "k" * 201, "ключ", "a\x7f", "a\tb"):
        headers = {"Idempotency-Key": key}
        response = client.post("/api/v1/orders/", body, content_type="application/json", headers=headers)
        assert response.status_code == 400, ascii(key)
    headers = {"Idempotency-Key": "k1"}
    first = client.post("/api/v1/orders/", body, content_type="application/json", headers=headers)
    other = client.post("/api/v1/customers/", body, content_type="application/json", headers=headers)
    changed = client.post(
        "/api/v1/orders/", body.replace("100", "200"), content_type="application/json", headers=headers
    )
    again = client.post("/api/v1/orders/", body, content_type="application/json", headers=headers)
    assert (first.status_code, other.status_code, changed.status_code, again.status_code) == (201, 422, 422, 201)
    assert again.json() == first.json()
    somebody = api()
    assert somebody.post("/api/v1/orders/", body, content_type="application/json", headers=headers).status_code == 200


def test_a_revoked_token_stops_in_the_middle_of_its_work():
    client = api(["orders:read"])
    assert client.get("/api/v1/orders/").status_code == 200

    ApiToken.objects.update(revoked_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert client.get("/api/v1/orders/").status_code == 401
