"""A deal of Bitrix24 with its products, contact and company, as the REST API has them."""

from collections.abc import Iterator
from typing import Any

from platforms.rules.building import Item, currency_fields, sums
from platforms.rules.contract import SKIP, Context, Told, Unusable
from platforms.rules.picking import contacts, full_name, inner, iso, moment, number, rows, text, whole_number

OUTCOMES = {"S": "WON", "F": "LOSE"}


def deal_of(read: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the deal as an order, if its stage means one."""
    deal = inner(read, "deal")
    status = ctx.status(_stage(deal, ctx))
    if status == SKIP:
        told.ignored = "status_skipped"
        return
    id_ = whole_number(deal, "ID")
    if status == "cancelled":
        told.only_known.add(id_)
    order = {
        "source": ctx.source,
        "external_id": id_,
        "number": id_,
        "status": status,
        "placed_at": iso(moment(deal, "DATE_CREATE", ctx)),
        "updated_at": iso(moment(deal, "DATE_MODIFY", ctx)),
        "fulfilled_at": iso(moment(deal, "DATE_MODIFY", ctx)) if status == "fulfilled" else None,
        "channel": text(deal, "UTM_SOURCE", limit=50),
        "customer": _buyer(read, ctx, told),
        **currency_fields(text(deal, "CURRENCY_ID"), ctx),
        **sums(list(_items(read, ctx)), number(deal, "OPPORTUNITY"), ctx),
    }
    told.orders.append(order)


def _stage(deal: dict[str, Any], ctx: Context) -> str:
    """The stage as the table knows it: with its pipeline, without, or as won or lost."""
    stage = text(deal, "STAGE_ID")
    bare = stage.partition(":")[2] or stage
    known = next((code for code in (stage, bare) if code in ctx.statuses), "")
    return known or OUTCOMES.get(text(deal, "STAGE_SEMANTIC_ID"), "") or stage


def _items(read: dict[str, Any], ctx: Context) -> Iterator[Item]:
    for row in rows(inner(read, "products"), "result"):
        quantity = number(row, "QUANTITY")
        product = text(row, "PRODUCT_ID")
        yield Item(
            # The price of one after discount and with tax.
            amount=number(row, "PRICE") * quantity,
            quantity=quantity,
            name=text(row, "PRODUCT_NAME", "ORIGINAL_PRODUCT_NAME"),
            sku=f"{ctx.source}-{product}"[:100] if product not in ("", "0") else "",
            discount=number(row, "DISCOUNT_SUM") * quantity,
        )


def _buyer(read: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    """The company of a deal that has one, else its contact."""
    company, person = inner(read, "company"), inner(read, "contact")
    if company:
        return {
            "external_id": f"company-{whole_number(company, 'ID')}",
            "kind": "company",
            "name": text(company, "TITLE"),
            "contacts": _contacts(company, ctx, told) or _contacts(person, ctx, told),
        }
    if not person:
        raise Unusable("deal_without_contact", deal=text(inner(read, "deal"), "ID"))
    name = full_name(text(person, "LAST_NAME"), text(person, "NAME"), text(person, "SECOND_NAME"))
    return {"external_id": whole_number(person, "ID"), "name": name, "contacts": _contacts(person, ctx, told)}


def _contacts(party: dict[str, Any], ctx: Context, told: Told) -> list[dict[str, str]]:
    phones = [(text(each, "VALUE"), "") for each in rows(party, "PHONE")]
    return contacts(ctx, told.notes, phones=phones, emails=[text(each, "VALUE") for each in rows(party, "EMAIL")])
