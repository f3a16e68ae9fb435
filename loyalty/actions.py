"""Issuing codes and finding the orders that redeemed them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict
from core.periods import company_day
from customers.actions import add_events
from customers.models import EventKind
from loyalty.models import Offer, PromoCode
from loyalty.rules.codes import new_code

_TRIES = 5

# A cancelled or wholly returned order gives its code back, unless the customer has got another one meanwhile.
_GIVE_BACK = """
    UPDATE loyalty_promocode c
    SET redeemed_by_id = NULL, redeemed_at = NULL
    FROM customers_order o
    WHERE o.id = c.redeemed_by_id AND o.status IN ('cancelled', 'returned')
      AND NOT EXISTS (
          SELECT FROM loyalty_promocode other
          WHERE other.offer_id = c.offer_id AND other.customer_id = c.customer_id AND other.redeemed_by_id IS NULL
      )
      AND c.id = (
          SELECT max(x.id) FROM loyalty_promocode x JOIN customers_order y ON y.id = x.redeemed_by_id
          WHERE x.offer_id = c.offer_id AND x.customer_id = c.customer_id
            AND y.status IN ('cancelled', 'returned')
      )
"""

# The customer's first counted order that names the code within its term.
_REDEEM = """
    UPDATE loyalty_promocode c
    SET redeemed_by_id = used.order_id, redeemed_at = used.placed_at
    FROM (
        SELECT DISTINCT ON (c.id) c.id, o.id AS order_id, o.placed_at
        FROM loyalty_promocode c
        JOIN customers_order o ON o.customer_id = c.customer_id
        WHERE c.redeemed_by_id IS NULL AND upper(btrim(o.promo_code)) = c.code
          AND o.placed_at BETWEEN c.issued_at AND least(c.expires_at, %(at)s)
          AND o.status NOT IN ('cancelled', 'returned')
          AND NOT EXISTS (SELECT FROM loyalty_promocode taken WHERE taken.redeemed_by_id = o.id)
        ORDER BY c.id, o.placed_at, o.id
    ) used
    WHERE c.id = used.id AND c.redeemed_by_id IS NULL
    RETURNING c.customer_id, c.code, used.order_id, used.placed_at
"""


def issue_code(*, offer: Offer, customer_id: int, at: datetime) -> PromoCode:
    """The customer's open code of the offer: made at the first asking, the same one at every other.

    A code that has run out unused is prolonged; after a redeemed one a new one is made. A code is good until
    the end of its last day in the company's time zone. Raises Conflict for an offer that is switched off.
    """
    if not offer.is_active:
        raise Conflict(_("The offer “%(offer)s” is switched off.") % {"offer": offer})
    for _attempt in range(_TRIES):
        code = _open_code(offer, customer_id, at)
        if code is not None:
            return code
        try:
            with transaction.atomic():
                return PromoCode.objects.create(
                    offer=offer,
                    customer_id=customer_id,
                    code=new_code(offer.prefix),
                    issued_at=at,
                    expires_at=last_moment(at, offer.valid_days),
                )
        except IntegrityError:
            # Somebody was faster, or the code is taken: look again.
            continue
    raise Conflict(_("No free promo code was found; give the offer another prefix."))


def _open_code(offer: Offer, customer_id: int, at: datetime) -> PromoCode | None:
    code = PromoCode.objects.filter(offer=offer, customer_id=customer_id, redeemed_by__isnull=True).first()
    if code is not None and code.expires_at < at:
        code.issued_at, code.expires_at = at, last_moment(at, offer.valid_days)
        code.save(update_fields=["issued_at", "expires_at"])
    return code


def last_moment(at: datetime, days: int) -> datetime:
    """The end of the day `days` days after `at`, in the company's time zone."""
    day = company_day(at) + timedelta(days=days)
    return datetime.combine(day, time.max, tzinfo=ZoneInfo(settings.TIME_ZONE))


@transaction.atomic
def redeem_codes(*, at: datetime) -> int:
    """Find the orders up to `at` that redeemed codes, over the whole base; returns how many codes were redeemed.

    Letter case and spaces around the code do not matter. One order redeems one code, and one code is redeemed
    once, by the customer to whom it was issued. Codes of orders cancelled or returned since are open again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK)
        cursor.execute(_REDEEM, {"at": at})
        redeemed = cursor.fetchall()
    add_events(
        events=[
            (customer_id, EventKind.PROMO_REDEEMED, placed_at, {"code": code, "order": order_id})
            for customer_id, code, order_id, placed_at in redeemed
        ]
    )
    return len(redeemed)
