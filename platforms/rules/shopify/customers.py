"""Customers of Shopify, with the consents that the shop asked for."""

from typing import Any

from platforms.rules.contract import Context, Told
from platforms.rules.picking import contacts, full_name, identifier, inner, iso, moment, text

CONSENTS = {"subscribed": "granted", "unsubscribed": "withdrawn", "redacted": "withdrawn"}


def customer_of(payload: dict[str, Any], ctx: Context, told: Told) -> None:
    """Add the customer to what is told."""
    address = inner(payload, "default_address")
    told.customers.append(
        {
            "source": ctx.source,
            "external_id": identifier(payload),
            **_person(payload, payload, [address], ctx, told),
        }
    )


def buyer_of(order: dict[str, Any], ctx: Context, told: Told) -> dict[str, Any]:
    """The customer of an order: the account, with the addresses that were given at the checkout."""
    account = inner(order, "customer")
    addresses = [inner(order, "billing_address"), inner(order, "shipping_address"), inner(account, "default_address")]
    return {"external_id": text(account, "id", limit=200), **_person(account, order, addresses, ctx, told)}


def _person(
    account: dict[str, Any], asked: dict[str, Any], addresses: list[dict[str, Any]], ctx: Context, told: Told
) -> dict[str, Any]:
    names = [full_name(text(each, "first_name"), text(each, "last_name")) for each in (account, *addresses)]
    phones = [(text(account, "phone"), ""), (text(asked, "phone"), "")]
    phones += [(text(each, "phone"), text(each, "country_code")) for each in addresses]
    company = next((found for each in addresses if (found := text(each, "company"))), "")
    name = next(filter(None, names), "")
    points = contacts(
        ctx,
        told.notes,
        phones=phones,
        emails=[text(account, "email"), text(asked, "email"), text(asked, "contact_email")],
    )
    reachable = {point["channel"] for point in points}
    return {
        "name": name or company,
        "kind": "company" if company and not name else "",
        "city": next((found for each in addresses if (found := text(each, "city", limit=200))), ""),
        "language": _language(text(asked, "customer_locale") or text(account, "locale")),
        "contacts": points,
        "consents": [each for each in _consents(account, ctx) if each["channel"] in reachable],
    }


def _language(locale: str) -> str:
    code = locale.lower().replace("_", "-").split("-")[0]
    return code if code in ("ru", "en") else ""


def _consents(account: dict[str, Any], ctx: Context) -> list[dict[str, Any]]:
    found = []
    for name, channel in (("email_marketing_consent", "email"), ("sms_marketing_consent", "phone")):
        consent = inner(account, name)
        action = CONSENTS.get(text(consent, "state"))
        if action:
            at = iso(moment(consent, "consent_updated_at", ctx))
            proof = f"Shopify: {name} {text(consent, 'state')} {text(consent, 'opt_in_level')}".strip()
            found.append({"channel": channel, "action": action, "at": at, "proof": proof})
    return found
