"""What a person does at each platform to connect it: shown beside the address."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from platforms.models import Platform

ADDRESS_CHECK = _("The platform signs nothing: the secret in the address is the check. Show the address to nobody.")


@dataclass(frozen=True)
class Guide:
    """`icon` and `brings` for the choice; `steps` to follow; `check`: how a sender is known."""

    icon: str
    brings: str | Promise
    steps: tuple[str | Promise, ...]
    check: str | Promise
    secret_label: str | Promise = ""
    api_label: str | Promise = ""
    token_label: str | Promise = ""


GUIDES = {
    Platform.WOOCOMMERCE: Guide(
        icon="brand-wordpress",
        brings=_("Orders with refunds, customers."),
        steps=(
            _("WooCommerce → Settings → Advanced → Webhooks → Add webhook."),
            _("Topic: Order created. Delivery URL: the address. Secret: the secret. API version: 3."),
            _("Make the same for Order updated, Order deleted, Order restored, Customer created, Customer updated."),
        ),
        check=_("Each message is signed by the secret (HMAC-SHA256)."),
        secret_label=_("Secret"),
    ),
    Platform.SHOPIFY: Guide(
        icon="shopping-bag",
        brings=_("Orders, refunds, customers with their consents."),
        steps=(
            _("Shopify → Settings → Notifications → Webhooks → Create webhook. Format: JSON. URL: the address."),
            _("Events: Order creation, update, cancellation, deletion; Refund create; Customer creation, update."),
            _("Copy the key that the page shows at its end, and paste it here as the secret."),
        ),
        check=_("Each message is signed by the key that Shopify shows (HMAC-SHA256)."),
        secret_label=_("Key of Shopify"),
    ),
    Platform.INSALES: Guide(
        icon="building-store",
        brings=_("Orders and customers."),
        steps=(
            _("InSales → Settings → Webhooks, or the webhooks of your application. Format: JSON."),
            _("Topics orders/create, orders/update, client/create, client/update: the address."),
            _("Topic orders/destroy: the same address with ?topic=orders/destroy at its end."),
        ),
        check=ADDRESS_CHECK,
    ),
    Platform.RETAILCRM: Guide(
        icon="headset",
        brings=_("Orders of all shops and channels that RetailCRM gathers."),
        steps=(
            _("RetailCRM → Settings → Triggers: events “Order creation” and “Order change”, action “HTTP request”."),
            _("Method POST, the address, one parameter: order_id with the value {{ order.getId() }}."),
            _("Make an API key that may read orders, and give it here with the address of your account."),
        ),
        check=ADDRESS_CHECK,
        api_label=_("Address of the account, such as https://shop.retailcrm.ru"),
        token_label=_("API key"),
    ),
    Platform.AMOCRM: Guide(
        icon="filter",
        brings=_("Won deals as orders, contacts as customers."),
        steps=(
            _("amoCRM → Settings → Integrations → Webhooks → Add: the address."),
            _("Events: deal added, changed, deleted, its stage changed; contact added, changed."),
            _("Make a private integration with a long-lived token, and give it here with the account's address."),
        ),
        check=ADDRESS_CHECK,
        api_label=_("Address of the account, such as https://shop.amocrm.ru"),
        token_label=_("Long-lived token"),
    ),
    Platform.BITRIX24: Guide(
        icon="clock-24",
        brings=_("Won deals with their goods as orders, their contacts and companies as customers."),
        steps=(
            _(
                "Bitrix24 → Developer resources → Other → Outbound webhook: the address; events ONCRMDEALADD, "
                "ONCRMDEALUPDATE, ONCRMDEALDELETE. Paste its application token here."
            ),
            _("Developer resources → Other → Inbound webhook with the right “CRM”. Give its address here."),
        ),
        check=_("Each message carries the application token, which is compared."),
        secret_label=_("Application token"),
        api_label=_("Address of the inbound webhook, such as https://shop.bitrix24.ru/rest/1/abcdef/"),
    ),
    Platform.COMMERCEML: Guide(
        icon="building-warehouse",
        brings=_("Goods with prices and orders from 1C; orders from here to 1C."),
        steps=(
            _("1C → Exchange with a site: the address, the user name ferma, the password."),
            _("Exchange goods: catalogue and prices. Exchange orders: both ways."),
        ),
        check=_("1C logs in with the password; each exchange has a session of its own."),
        secret_label=_("Password"),
    ),
    Platform.MANGO: Guide(
        icon="phone",
        brings=_("Calls, answered and missed, with who took them."),
        steps=(
            _("Mango Office → Integrations → API connector: make a connection, and take its key and its salt."),
            _("Address of the external system: the address, without a slash at its end. Events: results of calls."),
            _("Paste the salt here. Below, say whose each extension is, and which channel each number advertises."),
        ),
        check=_("Each message is signed by the salt (SHA-256)."),
        secret_label=_("Salt of the API"),
    ),
    Platform.UIS: Guide(
        icon="headset",
        brings=_("Calls, answered and lost, with who took them."),
        steps=(
            _("UIS → Notifications → make two: “Call ended” and “Lost call”. Way: HTTP, method POST, the address."),
            _(
                "Body, JSON: notification_name, call_session_id, direction, start_time, contact_phone_number, "
                "virtual_phone_number, extension_phone_number, is_lost, talk_time_duration, each with the "
                "parameter of the same name."
            ),
            _("Below, say whose each extension is, and which channel each number advertises."),
        ),
        check=ADDRESS_CHECK,
    ),
    Platform.TWILIO: Guide(
        icon="cloud",
        brings=_("Calls to and from numbers of Twilio."),
        steps=(
            _("Twilio → Phone Numbers → the number → Call status changes: the address, method HTTP POST."),
            _("Where <Dial> puts calls through: the same address as its action, so that voice mail is told apart."),
            _("Paste the account's auth token here. Below, say which channel each number advertises, or whose it is."),
        ),
        check=_("Each message is signed by the auth token (X-Twilio-Signature)."),
        secret_label=_("Auth token"),
    ),
    Platform.TELEPHONY: Guide(
        icon="phone-plus",
        brings=_("Calls of any telephony that can send a web request."),
        steps=(
            _("After each call send JSON by POST to the address: external_id, at, direction (in or out), from, to."),
            _("And: answered (true or false), duration_seconds, line, manager (an extension or an e-mail)."),
            _("Below, say whose each extension is, and which channel each number advertises."),
        ),
        check=ADDRESS_CHECK,
    ),
}
