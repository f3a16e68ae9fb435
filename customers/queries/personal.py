"""Where personal data lies: asked of the models themselves, so that no app is forgotten.

A model with a foreign key to Customer says by class attributes what of it is personal:
`personal` names the columns and what they become when a person is erased ({} for none); `is_personal` says that
whole rows go. `personal_of` is the lookup by customers' ids where it is not that key ("customer_ids__overlap");
`personal_mentions` names columns in which an address betrays the person where no customer is named.
`handed_out` False keeps internals out of what a person is given.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Field, ForeignKey, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from customers.models import ContactPoint, Customer, ErasedIdentity, ExternalRef, MergedCustomer
from customers.rules.identities import CONTACT, REF, identity_digest

MIN_PHONE_DIGITS = 10


@dataclass(frozen=True)
class PersonalModel:
    """A model with data of customers. `lookups` by a list of ids; `columns` and what they become; `whole`: rows go."""

    model: type[Model]
    lookups: tuple[str, ...]
    mentions: tuple[str, ...]
    columns: dict[str, Any]
    whole: bool
    handed_out: bool

    def rows(self, ids: Collection[int], words: Collection[str]) -> QuerySet[Model]:
        """Rows of these customers, and those that mention one of the words."""
        condition = reduce(or_, (Q(**{lookup: list(ids)}) for lookup in self.lookups), Q())
        rows = self.model._default_manager.all()
        for number, column in enumerate(self.mentions):
            alias = f"mention_{number}"
            rows = rows.alias(**{alias: Cast(column, TextField())})
            condition = reduce(or_, (Q(**{f"{alias}__icontains": word}) for word in words), condition)
        return rows.filter(condition) if condition else rows.none()


@dataclass(frozen=True)
class Identity:
    """What a customer is known by: ids of the card and of those merged into it, addresses, ids elsewhere."""

    ids: tuple[int, ...]
    contacts: tuple[tuple[str, str], ...]
    refs: tuple[tuple[str, str], ...]

    @property
    def words(self) -> list[str]:
        """What betrays the person in a text: addresses; a phone by its last digits."""
        return [value[-MIN_PHONE_DIGITS:] if value.startswith("+") else value for _channel, value in self.contacts]

    @property
    def digests(self) -> list[str]:
        told = [(CONTACT, *contact) for contact in self.contacts] + [(REF, *ref) for ref in self.refs]
        return sorted({identity_digest(identity_key(), *parts) for parts in told})


def identity_of(customer_id: int) -> Identity:
    """What is known of one customer's identity now."""
    merged = MergedCustomer.objects.filter(customer=customer_id).values_list("pk", flat=True)
    contacts = ContactPoint.objects.filter(customer=customer_id).values_list("channel", "value")
    refs = ExternalRef.objects.filter(customer=customer_id).values_list("source", "external_id")
    return Identity((customer_id, *merged), tuple(contacts), tuple(refs))


@lru_cache(maxsize=1)
def identity_key() -> bytes:
    """The key of the hashes. With another SECRET_KEY the program no longer knows whom it erased."""
    return hashlib.sha256(b"ferma.erased\0" + settings.SECRET_KEY.encode()).digest()


def erased_contacts(contacts: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the (channel, address) pairs that belong to somebody whose data was erased."""
    digests = {identity_digest(identity_key(), CONTACT, *contact): contact for contact in contacts}
    found = ErasedIdentity.objects.filter(digest__in=digests).values_list("digest", flat=True)
    return {digests[digest] for digest in found}


def personal_models() -> list[PersonalModel]:
    """Every model that holds data of customers, the customer first."""
    found = [_personal(model) for model in apps.get_models()]
    models = [one for one in found if one is not None]
    return sorted(models, key=lambda one: one.model is not Customer)


def _personal(model: Any) -> PersonalModel | None:
    lookups = tuple(_lookups(model))
    mentions = tuple(getattr(model, "personal_mentions", ()))
    if not lookups and not mentions:
        return None
    return PersonalModel(
        model=model,
        lookups=lookups,
        mentions=mentions,
        columns=dict(getattr(model, "personal", {})),
        whole=getattr(model, "is_personal", False),
        handed_out=getattr(model, "handed_out", True),
    )


def _lookups(model: Any) -> Iterator[str]:
    if model is Customer:
        yield "pk__in"
    if told := getattr(model, "personal_of", ""):
        yield told
    for field in keys_to_customer(model):
        yield f"{field.name}__in"


def keys_to_customer(model: type[Model]) -> "list[Field[Any, Any]]":
    """The model's foreign keys to Customer."""
    fields = model._meta.concrete_fields
    return [field for field in fields if isinstance(field, ForeignKey) and field.related_model is Customer]


def undeclared(model: type[Model]) -> list[str]:
    """Columns that could hold something personal, of a model that does not say what of it is personal."""
    if hasattr(model, "personal") or getattr(model, "is_personal", False):
        return []
    free = [field for field in model._meta.concrete_fields if isinstance(field, CharField | TextField | JSONField)]
    return [field.name for field in free if not field.choices]
