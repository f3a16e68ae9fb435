"""All platforms by their codes. 1C has a protocol of its own, and its adapter only reads stored files."""

from collections.abc import Mapping

from platforms.rules import amocrm, bitrix24, insales, retailcrm, shopify, woocommerce
from platforms.rules import telephony as calls
from platforms.rules.commerceml import STATUSES as COMMERCEML_STATUSES
from platforms.rules.contract import Adapter

ADAPTERS: Mapping[str, Adapter] = {
    "woocommerce": woocommerce.ADAPTER,
    "shopify": shopify.ADAPTER,
    "insales": insales.ADAPTER,
    "retailcrm": retailcrm.ADAPTER,
    "amocrm": amocrm.ADAPTER,
    "bitrix24": bitrix24.ADAPTER,
    "mango": calls.mango.ADAPTER,
    "uis": calls.uis.ADAPTER,
    "twilio": calls.twilio.ADAPTER,
    "telephony": calls.generic.ADAPTER,
}
COMMERCEML = "commerceml"


def default_statuses(platform: str) -> Mapping[str, str]:
    """The table of statuses that a new connection starts with."""
    return COMMERCEML_STATUSES if platform == COMMERCEML else ADAPTERS[platform].statuses
