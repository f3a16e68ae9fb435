"""An order of RetailCRM's API v5. Times carry no zone and are by the account's clock."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from platforms.rules.building import Item, currency_fields, sums
from platforms.rules.contract import SKIP, Context, Told
from platforms.rules.picking import ZERO, contacts, full_name, identifier, inner, iso, moment, number, rows, text


def order_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the order to what is told. `read_at`: when it was asked for; the order itself has no time of change."""
    status = ctx.status(text(payload, "status"))
    if status == SKIP:
        told.ignored = "status_skipped"
        return
    total = number(payload, "totalSumm")
    order = {
        "source": ctx.source,
        "external_id": identifier(payload),
        "number": text(payload, "number", limit=100),
        "status": status,
        "placed_at": iso(moment(payload, "createdAt", ctx)),
        "updated_at": iso(moment(payload, "read_at", ctx) or moment(payload, "statusUpdatedAt", ctx)),
        "fulfilled_at": iso(moment(payload, "statusUpdatedAt", ctx)) if status == "fulfilled" else None,
        "channel": text(inner(payload, "source"), "source", limit=50),
        "customer": _buyer(payload, ctx, told),
        **currency_fields(text(payload, "currency"), ctx),
        **sums(list(_items(payload, ctx)), total, ctx, returned=min(_paid_back(payload), total)),
    }
    told.orders.append(order)


def _items(payload: dict[str, Any], ctx: Context) -> Iterator[Item]:
    for line in rows(payload, "items"):
        quantity = number(line, "quantity")
        full = number(line, "initialPrice") * quantity
        paid = _paid(line, full, quantity)
        offer = inner(line, "offer")
        cost = number(line, "purchasePrice")
        yield Item(
            amount=paid,
            quantity=quantity,
            name=text(offer, "displayName", "name") or text(line, "productName"),
            sku=text(offer, "article", limit=100) or _own_code(offer, ctx),
            discount=full - paid,
            # Zero stands for "not known" there.
            cost=cost * quantity if cost > 0 else None,
        )
    yield Item(amount=number(inner(payload, "delivery"), "cost"), name=ctx.words.shipping)


def _paid(line: dict[str, Any], full: Decimal, quantity: Decimal) -> Decimal:
    """By the prices after discounts, by which pieces of one line may differ; else by the discount of a piece."""
    prices = rows(line, "prices")
    if prices:
        return sum((number(each, "price") * number(each, "quantity") for each in prices), ZERO)
    return full - number(line, "discountTotal") * quantity


def _own_code(offer: dict[str, Any], ctx: Context) -> str:
    known = text(offer, "externalId", "id")
    return f"{ctx.source}-{known}"[:100] if known else ""


def _paid_back(payload: dict[str, Any]) -> Decimal:
    back = [each for each in rows(payload, "payments") if each.get("status") == "returned"]
    return sum((number(each, "amount") for each in back), ZERO)


def _buyer(payload: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    customer = inner(payload, "customer")
    is_company = text(customer, "type") == "customer_corporate"
    phones = [text(payload, "phone"), text(payload, "additionalPhone")]
    phones += [text(each, "number") for each in rows(customer, "phones")]
    parts = ("lastName", "firstName", "patronymic")
    names = [full_name(*(text(each, part) for part in parts)) for each in (payload, customer)]
    companies = (text(inner(payload, "company"), "name"), text(customer, "nickName"))
    company = next(filter(None, companies), text(inner(payload, "contragent"), "legalName"))
    address = inner(inner(payload, "delivery"), "address")
    return {
        "external_id": text(customer, "id", limit=200),
        "name": company if is_company and company else next(filter(None, names), ""),
        "kind": "company" if is_company else "",
        "city": text(address, "city", limit=200),
        "contacts": contacts(
            ctx,
            told.notes,
            phones=[(phone, text(payload, "countryIso")) for phone in phones],
            emails=[text(payload, "email"), text(customer, "email")],
        ),
    }
