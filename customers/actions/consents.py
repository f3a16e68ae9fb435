"""Consents: an append-only record, one fact at a time, never twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict
from core.models import User
from customers.actions.editing import open_card
from customers.actions.rows import insert_rows
from customers.actions.timeline import Event, add_events
from customers.models import Consent, ConsentAction, ConsentText, EventKind

Key = tuple[int, str, str, datetime]
EVENTS = {
    ConsentAction.GRANTED.value: EventKind.CONSENT_GRANTED.value,
    ConsentAction.WITHDRAWN.value: EventKind.CONSENT_WITHDRAWN.value,
}


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """A consent of a known customer. `is_dated` False: `at` is only when it was told, so saying the same
    again is no new fact."""

    customer_id: int
    channel: str
    action: str
    at: datetime
    source: str
    proof: str = ""
    is_dated: bool = True
    text_version: str = ""


@transaction.atomic
def record_consent(
    *,
    customer_id: int,
    channel: str,
    action: str,
    at: datetime,
    source: str,
    proof: str = "",
    text_version: str = "",
) -> bool:
    """Record that marketing on a channel was allowed or withdrawn; False if exactly this is known already.

    `text_version` names the words that were agreed to.
    """
    fact = ConsentFact(customer_id, str(channel), str(action), at, source, proof, text_version=text_version)
    return bool(record_consents(facts=[fact]))


@transaction.atomic
def write_down_consent(
    *, customer_id: int, channel: str, action: str, at: datetime, source: str, proof: str, text_version: str
) -> None:
    """Record what a customer told a person. Raises Conflict where the personal data was erased."""
    open_card(customer_id)
    record_consent(
        customer_id=customer_id,
        channel=channel,
        action=action,
        at=at,
        source=source,
        proof=proof,
        text_version=text_version,
    )


def record_consents(*, facts: Sequence[ConsentFact]) -> set[int]:
    """Append facts that are not known yet, with their timeline events; returns whose they are."""
    if not facts:
        return set()
    known, in_force = _known(fact.customer_id for fact in facts)
    new = {
        _key(fact): fact
        for fact in facts
        if _key(fact) not in known and (fact.is_dated or in_force.get(_key(fact)[:2]) != fact.action)
    }.values()
    insert_rows(
        Consent,
        ("customer_id", "channel", "action", "at", "source", "proof", "text_version"),
        [(f.customer_id, f.channel, f.action, f.at, f.source, f.proof, f.text_version) for f in new],
    )
    add_events(events=[_event(fact) for fact in new])
    return {fact.customer_id for fact in new}


def _known(customer_ids: Iterable[int]) -> tuple[set[Key], dict[tuple[int, str], str]]:
    rows = Consent.objects.filter(customer_id__in=set(customer_ids)).order_by("at", "id")
    known = list(rows.values_list("customer_id", "channel", "action", "at"))
    return set(known), {(customer_id, channel): action for customer_id, channel, action, _at in known}


def _key(fact: ConsentFact) -> Key:
    return fact.customer_id, fact.channel, fact.action, fact.at


def _event(fact: ConsentFact) -> Event:
    return fact.customer_id, EVENTS[fact.action], fact.at, {"channel": fact.channel, "source": fact.source}


@transaction.atomic
def add_consent_text(*, version: str, body: str, by: User | None) -> ConsentText:
    """Keep the words that people agree to under a version. Raises Conflict for a version that is taken."""
    try:
        with transaction.atomic():
            return ConsentText.objects.create(version=version, body=body, created_by=by)
    except IntegrityError as error:
        raise Conflict(_("There is a text of this version. New words are a new version."), field="version") from error
