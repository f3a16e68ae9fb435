"""Consents that other systems tell of: one or a thousand, in the same number of statements."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core.models import User
from customers.actions.consents import ConsentFact, record_consents
from customers.actions.locks import lock_identities
from customers.actions.naming import named_customers
from customers.actions.outcomes import Outcome, refusal
from customers.models import Consent
from customers.rules.contact_rows import ConsentRow
from customers.rules.versions import Fate


@transaction.atomic
def record_consent_rows(*, consents: Sequence[ConsentRow], now: datetime, user: User | None = None) -> list[Outcome]:
    """Append consents of known customers; the outcome of each, in their order.

    Exactly the same fact again is no new one; without a time of its own, neither is what is in force already.
    With `user`, customers that the user may not see are unknown.
    """
    customers = named_customers(names=[row.named for row in consents], user=user)
    lock_identities(f"consent\0{customer_id}" for customer_id in customers if customer_id)
    facts = {
        place: _fact(row, customer_id, now)
        for place, (row, customer_id) in enumerate(zip(consents, customers, strict=True))
        if customer_id is not None
    }
    whose = {fact.customer_id for fact in facts.values()}
    before = {consent.pk for consent in _of(whose)}
    record_consents(facts=list(facts.values()))
    after = _of(whose)
    outcomes = {}
    for place, fact in facts.items():
        pk = _recorded(fact, after)
        outcomes[place] = Outcome(Fate.UNCHANGED if pk in before else Fate.CREATED, pk, fact.customer_id)
        before.add(pk)
    unknown = refusal("customer", "unknown_customer")
    return [outcomes.get(place, unknown) for place in range(len(consents))]


def _fact(row: ConsentRow, customer_id: int, now: datetime) -> ConsentFact:
    return ConsentFact(
        customer_id=customer_id,
        channel=row.channel,
        action=row.action,
        at=row.at or now,
        source=row.source,
        proof=row.proof,
        is_dated=row.at is not None,
        text_version=row.text_version,
    )


def _of(customers: set[int]) -> list[Consent]:
    """Their consents, the newest last."""
    return list(Consent.objects.filter(customer_id__in=customers).order_by("at", "id"))


def _recorded(fact: ConsentFact, consents: list[Consent]) -> int:
    """The row that says what the fact says."""
    same = [each for each in consents if _says(each, fact)]
    exact = [each.pk for each in same if each.at == fact.at]
    return exact[-1] if exact else same[-1].pk


def _says(consent: Consent, fact: ConsentFact) -> bool:
    return (consent.customer_id, consent.channel, consent.action) == (fact.customer_id, fact.channel, fact.action)
