"""Making and changing connections."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from core.errors import InvalidInput
from core.models import User
from platforms.actions.processing import retry_failed
from platforms.models import Connection, InboundFile, InboundMessage
from platforms.rules.registry import default_statuses

# Names and phones of customers are in the messages.
KEPT_FOR = timedelta(days=30)
FILES_KEPT_FOR = timedelta(days=2)


def connect(*, platform: str, name: str, source: str, by: User, secret: str = "") -> Connection:
    """Make a connection with an address of its own; a secret that the platform does not give is made here."""
    if Connection.objects.filter(source=source).exists():
        raise InvalidInput(Connection._meta.get_field("source").error_messages["unique"], field="source")
    return Connection.objects.create(
        platform=platform,
        name=name,
        source=source,
        code=f"{platform[:8]}-{secrets.token_hex(5)}",
        secret=secret or new_secret(),
        settings={"statuses": dict(default_statuses(platform))},
        created_by=by,
    )


def new_secret() -> str:
    return secrets.token_urlsafe(30)


@transaction.atomic
def change_settings(
    *,
    connection: Connection,
    name: str,
    api_url: str,
    statuses: Mapping[str, str],
    rates: Mapping[str, str],
    price_type: str,
    now: datetime,
    api_token: str | None = None,
    lines: Mapping[str, str] | None = None,
    extensions: Mapping[str, str] | None = None,
) -> int:
    """Change what a person may change; what had failed is tried again with it. Returns how many messages that is.

    `api_token` None: the one that is kept stays. lines, extensions: of a telephony, what `Context` says.
    """
    connection.name, connection.api_url = name, api_url
    if api_token is not None:
        connection.api_token = api_token
    connection.settings = {
        **connection.settings,
        "statuses": dict(statuses),
        "rates": dict(rates),
        "price_type": price_type,
    }
    for name_, table in (("lines", lines), ("extensions", extensions)):
        if table is not None:
            connection.settings[name_] = dict(table)
    connection.save(update_fields=["name", "api_url", "api_token", "settings"])
    return retry_failed(connection_id=connection.pk, now=now)


def switch(*, connection: Connection, is_active: bool) -> None:
    """Switch on or off; while off, senders are told so and nothing is kept."""
    connection.is_active = is_active
    connection.save(update_fields=["is_active"])


def change_secret(*, connection: Connection, secret: str = "") -> None:
    """A new secret, given by the platform or made here; the old one stops working at once."""
    connection.secret = secret or new_secret()
    connection.save(update_fields=["secret"])


def forget_old(*, now: datetime) -> int:
    """Delete messages past their time, and files that nobody needs. Returns how many messages went."""
    gone, _each = InboundMessage.objects.filter(received_at__lt=now - KEPT_FOR).delete()
    old = InboundFile.objects.filter(created_at__lt=now - FILES_KEPT_FOR)
    old.filter(messages__isnull=True).delete()
    return gone
