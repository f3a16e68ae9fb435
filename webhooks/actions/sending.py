"""Sending: claim, commit, send, record. At least once: the receiver knows a repeated message by its id."""

import json
import random
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import outgoing
from core.errors import DomainError
from webhooks.models import DeliveryState, Subscription, WebhookDelivery
from webhooks.queries.payloads import Message, messages
from webhooks.rules import retries, signing

TIMEOUT = 15.0
MAX_READ = 16 * 1024
EXCERPT = 1000
THREADS = 8
# Of one address at a time; of one that fails, a single try: it must not hold up the others.
PER_ADDRESS = 20
# Longer than a batch of one address can take: 20 times the timeout.
DEAD_AFTER = timedelta(minutes=10)

# An array, for the reason told in core/marks.py.
_CLAIM = """
    UPDATE webhooks_webhookdelivery d
    SET state = 'sending', claimed_by = %(sender)s, claimed_at = %(now)s, attempts = attempts + 1
    WHERE d.id = ANY (ARRAY(
        SELECT due.id FROM webhooks_subscription s CROSS JOIN LATERAL (
            SELECT w.id FROM webhooks_webhookdelivery w
            WHERE w.subscription_id = s.id AND w.state IN ('due', 'failed') AND w.next_at <= %(now)s
            ORDER BY w.next_at LIMIT CASE WHEN s.failing_since IS NULL THEN %(most)s ELSE 1 END
            FOR UPDATE SKIP LOCKED
        ) due WHERE s.is_active AND s.id <> ALL (%(without)s)
    )) RETURNING d.id"""


@dataclass(slots=True)
class Tally:
    """What became of a batch; `failing` are subscriptions to leave alone until the next tick."""

    claimed: int = 0
    delivered: int = 0
    failing: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to: an answer, or the reason why there is none."""

    answer: outgoing.Answer | None = None
    error: str = ""

    @property
    def is_success(self) -> bool:
        return self.answer is not None and 200 <= self.answer.status < 300


def sweep_dead_senders(*, now: datetime) -> int:
    """Put back what a sender took and did not finish; returns how many."""
    stuck = WebhookDelivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=now - DEAD_AFTER)
    return stuck.update(state=DeliveryState.FAILED, next_at=now, error=_("The sender stopped in the middle."))


def send_batch(*, now: datetime, sender: str, without: Collection[int] = ()) -> Tally:
    """Claim what is due, up to a few per address, send it, and write down what came of it."""
    rows = _claim(now, sender, without)
    tally = Tally(claimed=len(rows))
    if not rows:
        return tally
    built = messages(rows)
    addresses: dict[int, list[WebhookDelivery]] = {}
    for row in rows:
        addresses.setdefault(row.subscription_id, []).append(row)
    with ThreadPoolExecutor(max_workers=min(THREADS, len(addresses))) as pool:
        running = [pool.submit(_send_in_turn, batch, built, now) for batch in addresses.values()]
        for done in as_completed(running):
            _record_all(done, built, sender, tally)
    return tally


def _claim(now: datetime, sender: str, without: Collection[int]) -> list[WebhookDelivery]:
    with transaction.atomic(), connection.cursor() as cursor:
        params: dict[str, Any] = {"now": now, "sender": sender, "most": PER_ADDRESS, "without": list(without)}
        cursor.execute(_CLAIM, params)
        ids = [id_ for (id_,) in cursor.fetchall()]
    return list(WebhookDelivery.objects.filter(pk__in=ids).select_related("subscription").order_by("pk"))


def _send_in_turn(
    rows: Sequence[WebhookDelivery], built: dict[int, Message], now: datetime
) -> list[tuple[WebhookDelivery, Outcome | None]]:
    """Send the rows of one address; after a failure the rest is not tried. Runs in a thread, without the database."""
    outcomes: list[tuple[WebhookDelivery, Outcome | None]] = []
    for row in rows:
        failed = bool(outcomes) and not (outcomes[-1][1] and outcomes[-1][1].is_success)
        outcomes.append((row, None if failed else _send(row, built[row.pk], now)))
    return outcomes


def _send(row: WebhookDelivery, message: Message, now: datetime) -> Outcome:
    body = json.dumps(message.whole, ensure_ascii=False, separators=(",", ":")).encode()
    subscription = row.subscription
    is_rolling = subscription.old_secret_until is not None and subscription.old_secret_until > now
    secrets = subscription.secrets if is_rolling else subscription.secrets[:1]
    headers = {"Content-Type": "application/json", **signing.headers(secrets, row.message_id, timezone.now(), body)}
    try:
        answer = outgoing.request("POST", subscription.url, headers=headers, body=body, timeout=TIMEOUT, limit=MAX_READ)
    except DomainError as refusal:
        return Outcome(error=str(refusal.message)[:500])
    return Outcome(answer)


def _record_all(done: "Future[Any]", built: dict[int, Message], sender: str, tally: Tally) -> None:
    for row, outcome in done.result():
        if outcome is None:
            _put_back(row, sender)
        elif _record(row, outcome, built[row.pk], sender, timezone.now()):
            tally.delivered += 1
        else:
            tally.failing.add(row.subscription_id)


def _put_back(row: WebhookDelivery, sender: str) -> None:
    """An attempt that was not made does not count."""
    state = DeliveryState.FAILED if row.attempts > 1 else DeliveryState.DUE
    _mine(row, sender).update(state=state, attempts=row.attempts - 1)


def _mine(row: WebhookDelivery, sender: str) -> Any:
    """The row, unless it was taken away meanwhile as one of a dead sender."""
    return WebhookDelivery.objects.filter(pk=row.pk, state=DeliveryState.SENDING, claimed_by=sender)


@transaction.atomic
def _record(row: WebhookDelivery, outcome: Outcome, message: Message, sender: str, now: datetime) -> bool:
    """Write down an attempt; whether it arrived."""
    next_at = None if outcome.is_success else _next_at(row, outcome, now)
    if outcome.is_success:
        state = DeliveryState.DELIVERED
    else:
        state = DeliveryState.FAILED if next_at else DeliveryState.GIVEN_UP
    answer = outcome.answer
    _mine(row, sender).update(
        state=state,
        next_at=next_at or row.next_at,
        payload=json.dumps(message.kept, ensure_ascii=False),
        response_code=answer.status if answer else None,
        response_excerpt=_text(answer.body) if answer else "",
        error=outcome.error,
        finished_at=None if next_at else now,
    )
    _judge_address(row.subscription_id, outcome, now)
    return outcome.is_success


def _next_at(row: WebhookDelivery, outcome: Outcome, now: datetime) -> datetime | None:
    answer = outcome.answer
    if answer is not None and answer.status == 410:
        return None
    wish = retries.retry_after(answer.headers.get("retry-after"), now) if answer else None
    return retries.next_attempt(attempts=row.attempts, now=now, chance=random.random(), wish=wish)  # noqa: S311


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace("\0", "\ufffd")[:EXCERPT]


def _judge_address(subscription_id: int, outcome: Outcome, now: datetime) -> None:
    """Note since when an address fails; switch off one that is gone or has failed for days."""
    row = Subscription.objects.select_for_update().get(pk=subscription_id)
    if outcome.is_success:
        if row.failing_since is not None:
            Subscription.objects.filter(pk=row.pk).update(failing_since=None)
        return
    is_gone = outcome.answer is not None and outcome.answer.status == 410
    if is_gone or retries.is_dead(row.failing_since, now):
        note = _("The receiver answered 410: it wants no more.") if is_gone else _("Nothing arrived for five days.")
        Subscription.objects.filter(pk=row.pk).update(is_active=False, note=note)
    elif row.failing_since is None:
        Subscription.objects.filter(pk=row.pk).update(failing_since=now)
