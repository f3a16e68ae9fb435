"""Which SMS gateway the settings name."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from campaigns.gateways.interface import SmsGateway
from campaigns.gateways.outbox import SmsOutbox
from campaigns.gateways.sms_ru import SmsRu


def sms_gateway() -> SmsGateway:
    """The gateway of SMS_GATEWAY. Raises ImproperlyConfigured, saying which names there are."""
    name = settings.SMS_GATEWAY
    if name == "outbox":
        return SmsOutbox()
    if name == "sms_ru":
        return SmsRu(api_id=settings.SMS_RU_API_ID, url=settings.SMS_RU_URL)
    raise ImproperlyConfigured(f"SMS_GATEWAY is {name!r}; it is outbox or sms_ru.")
