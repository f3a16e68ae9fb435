"""Finding the customers whom rows from outside are about."""

from collections.abc import Sequence

from core.models import User
from customers.actions.matching import Directory
from customers.models import Customer, MergedCustomer
from customers.rules.records import Named


def named_customers(*, names: Sequence[Named], user: User | None = None) -> list[int | None]:
    """The id of each customer named: by number, else by id in the source, by phone, by e-mail; None if unknown.

    The number of a card that was merged leads to the card it was merged into. With `user`, customers that
    the user may not see are unknown.
    """
    ids = {name.id for name in names if name.id is not None}
    merged = dict(MergedCustomer.objects.filter(old_id__in=ids).values_list("old_id", "customer_id")) if ids else {}
    directory = Directory([name.person for name in names if name.id is None])
    found = [_found(name, merged, directory) for name in names]
    seen = visible({id_ for id_ in found if id_ is not None}, user)
    return [id_ if id_ in seen else None for id_ in found]


def _found(name: Named, merged: dict[int, int], directory: Directory) -> int | None:
    if name.id is not None:
        return merged.get(name.id, name.id)
    party = directory.find(name.person)
    return party.id if party else None


def visible(ids: set[int], user: User | None) -> set[int]:
    """Those of the customers that exist and that the user, if there is one, may see."""
    if not ids:
        return set()
    customers = Customer.objects.for_user(user) if user is not None else Customer.objects.all()
    return set(customers.filter(pk__in=ids).values_list("pk", flat=True))
