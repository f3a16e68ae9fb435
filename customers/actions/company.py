"""The company as the settings describe it, in the form that the rules take."""

from django.conf import settings
from django.utils import timezone

from core.money import exponent
from customers.rules.records import Company


def company() -> Company:
    """Currency, zone and country in which numbers, times and phones from outside are read."""
    return Company(
        currency=settings.CURRENCY,
        exponent=exponent(),
        zone=timezone.get_default_timezone(),
        region=settings.PHONENUMBER_DEFAULT_REGION,
    )
