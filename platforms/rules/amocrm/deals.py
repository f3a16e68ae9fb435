"""Deals of amoCRM: as webhooks tell them and as the API v4 has them."""

from typing import Any

from platforms.rules.amocrm.contacts import person_of
from platforms.rules.contract import SKIP, Context, Told, Unusable
from platforms.rules.picking import inner, iso, number, rows, text, unix_moment, whole_number


def deal_of(deal: dict[str, Any], people: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the deal as an order, if its stage means one. `people`: contacts that were asked for, by id."""
    status = ctx.status(_stage(deal, ctx))
    if status == SKIP:
        told.ignored = "status_skipped"
        return
    id_ = whole_number(deal, "id")
    if status == "cancelled":
        told.only_known.add(id_)
    changed = unix_moment(deal, "updated_at", "last_modified")
    order = {
        "source": ctx.source,
        "external_id": id_,
        "number": id_,
        "status": status,
        "placed_at": iso(unix_moment(deal, "created_at", "date_create")),
        "updated_at": iso(changed),
        "fulfilled_at": iso(unix_moment(deal, "closed_at") or changed) if status == "fulfilled" else None,
        "total": number(deal, "price"),
        "customer": _buyer(deal, people, ctx, told),
    }
    told.orders.append(order)


def _stage(deal: dict[str, Any], ctx: Context) -> str:
    """The stage, or pipeline/stage where the table knows that."""
    stage = text(deal, "status_id")
    exact = f"{text(deal, 'pipeline_id')}/{stage}"
    return exact if exact in ctx.statuses else stage


def _buyer(deal: dict[str, Any], people: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    linked = rows(inner(deal, "_embedded"), "contacts") or [inner(deal, "main_contact")]
    ids = [text(each, "id") for each in sorted(linked, key=lambda each: each.get("is_main") is not True)]
    id_ = next(filter(None, [*ids, text(deal, "main_contact_id")]), "")
    if not id_:
        raise Unusable("deal_without_contact", deal=text(deal, "id"))
    return {"external_id": id_, **person_of(inner(people, id_), ctx, told)}
