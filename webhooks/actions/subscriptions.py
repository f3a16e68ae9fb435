"""Making and changing subscriptions."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import outgoing
from core.errors import InvalidInput
from core.models import User
from webhooks.models import Subscription
from webhooks.rules.events import BY_NAME, facts_behind, kinds_of
from webhooks.rules.signing import SECRET_BYTES, secret_of

# While both secrets sign, the receiver has the time to put in the new one.
OVERLAP = timedelta(days=1)


@transaction.atomic
def subscribe(
    *, name: str, url: str, events: Collection[str], with_contacts: bool, by: User
) -> tuple[Subscription, str]:
    """Make a subscription. Returns it and its secret, shown once. Raises InvalidInput, outgoing.Refused."""
    secret = _new_secret()
    chosen = _chosen(url, events)
    made = Subscription.objects.create(
        name=name, with_contacts=with_contacts, secrets=[secret], created_by=by, **chosen
    )
    return made, secret


@transaction.atomic
def change_subscription(
    *, subscription_id: int, name: str, url: str, events: Collection[str], with_contacts: bool
) -> None:
    """Change where to, of what and how much is told. Raises InvalidInput, outgoing.Refused."""
    chosen = _chosen(url, events)
    Subscription.objects.filter(pk=subscription_id).update(name=name, with_contacts=with_contacts, **chosen)


@transaction.atomic
def switch(*, subscription_id: int, is_on: bool) -> None:
    """Switch a subscription on or off. What waited while it was off is sent when it is on again."""
    Subscription.objects.filter(pk=subscription_id).update(is_active=is_on, note="", failing_since=None)


@transaction.atomic
def roll_secret(*, subscription_id: int, now: datetime) -> str:
    """Replace the secret; the old one signs too for a day. Returns the new one, shown once."""
    row = Subscription.objects.select_for_update().get(pk=subscription_id)
    secret = _new_secret()
    row.secrets = [secret, row.secrets[0]]
    row.old_secret_until = now + OVERLAP
    row.save(update_fields=["secrets", "old_secret_until"])
    return secret


def _new_secret() -> str:
    return secret_of(secrets.token_bytes(SECRET_BYTES))


def _chosen(url: str, events: Collection[str]) -> dict[str, Any]:
    outgoing.check_url(url)
    names = [name for name in BY_NAME if name in events]
    if not names or set(events) - set(names):
        raise InvalidInput(_("Choose at least one of the events."), field="events")
    return {"url": url, "events": names, "kinds": kinds_of(names), "facts": facts_behind(names)}
