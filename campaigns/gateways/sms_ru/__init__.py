"""SMS.ru, over its HTTP API."""

from campaigns.gateways.sms_ru.client import SmsRu

__all__ = ["SmsRu"]
