"""What the mapping of a connection needs to know."""

from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from customers.actions import company
from platforms.models import Connection
from platforms.rules.contract import Context, Words
from platforms.rules.registry import default_statuses


def context_of(connection: Connection) -> Context:
    """The company, and the connection's tables of statuses and rates."""
    kept = connection.settings
    # Lines are named for everybody who will read the order, not for who caused the message.
    with translation.override(settings.LANGUAGE_CODE):
        words = Words(shipping=_("Delivery"), fee=_("Fee"), other=_("Other charges"))
    return Context(
        company=company(),
        source=connection.source,
        statuses=kept.get("statuses", default_statuses(connection.platform)),
        rates={code: rate for code, raw in kept.get("rates", {}).items() if (rate := _rate(raw)) is not None},
        words=words,
        lines=kept.get("lines", {}),
        extensions=kept.get("extensions", {}),
    )


def _rate(raw: object) -> Decimal | None:
    try:
        rate = Decimal(str(raw))
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and rate > 0 else None
