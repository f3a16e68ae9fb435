"""amoCRM: webhooks of deals and contacts, as a form. Nothing is signed: the address carries a secret.

A deal's message does not say whose it is. With the account's address and a token the deal and its contact
are asked for; without them a deal is taken only if it names a contact.
"""

from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.amocrm.contacts import contact_of
from platforms.rules.amocrm.deals import deal_of
from platforms.rules.contract import Adapter, Cancelled, Context, Get, Incoming, Told, Unreadable
from platforms.rules.picking import inner, rows, unix_moment, whole_number

# 142 and 143 are the won and the lost stage of every pipeline.
STATUSES = {"142": "fulfilled", "143": "cancelled", "*": ""}
ENTITIES = ("leads", "contacts", "companies")
CHANGES = ("add", "update", "status", "restore", "responsible")


def _topic(_incoming: Incoming, payload: Any) -> str:
    return ", ".join(f"{entity}.{action}" for entity in ENTITIES for action in inner(payload, entity))[:100]


def _changed(payload: dict[str, Any], entity: str) -> list[dict[str, Any]]:
    return [row for action in CHANGES for row in rows(inner(payload, entity), action)]


def _fetch(_topic: str, payload: dict[str, Any], get: Get) -> dict[str, Any]:
    deals, people = {}, {}
    for row in _changed(payload, "leads"):
        id_ = whole_number(row, "id")
        deal = deals[id_] = _object(get(f"/api/v4/leads/{id_}?with=contacts"))
        linked = rows(inner(deal, "_embedded"), "contacts")
        main = next((each for each in linked if each.get("is_main") is True), linked[0] if linked else None)
        if main is not None:
            person = whole_number(main, "id")
            people[person] = _object(get(f"/api/v4/contacts/{person}"))
    return {**payload, "read_deals": deals, "read_contacts": people}


def _object(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Unreadable("not_object")
    return found


def _tell(_topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    told = Told()
    for entity in ("contacts", "companies"):
        for row in _changed(payload, entity):
            contact_of(row, ctx, told)
    read, people = inner(payload, "read_deals"), inner(payload, "read_contacts")
    for row in _changed(payload, "leads"):
        deal_of(inner(read, whole_number(row, "id")) or row, people, ctx, told)
    for row in rows(inner(payload, "leads"), "delete"):
        told.cancelled.append(Cancelled(whole_number(row, "id"), unix_moment(row, "updated_at", "last_modified")))
    if not (told.orders or told.customers or told.cancelled):
        told.ignored = told.ignored or "topic_unused"
    return told


ADAPTER = Adapter(
    statuses=STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_any(incoming.headers, incoming.body),
    topic=_topic,
    delivery_id=lambda incoming, _payload: signatures.digest(incoming.body),
    fetch=_fetch,
    api_headers=lambda token: {"Authorization": f"Bearer {token}"},
)
