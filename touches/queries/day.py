"""The worklist: the customers of a person's day, ranked.

Own customers come with every reason. Of the pool, which may hold most of the base, come those with an
open task that is due, and the ones who are leaving with most to lose: regular touches are the promise of
an owner.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.errors import Forbidden
from core.models import User
from touches.queries.ranking import Place, ranking
from touches.queries.rows import Row, rows_of

# More come by themselves as the reader scrolls; drawing a row costs a page about a millisecond.
ROWS = 15


@dataclass(frozen=True)
class Day:
    """A part of a person's day and its answer in numbers.

    `everything` counts all customers of the day; `left` and `value_at_risk` those that the filters leave.
    `more` is the place to go on from, when the list goes on.
    """

    rows: list[Row]
    everything: int
    left: int
    value_at_risk: Decimal
    more: Place | None


def worklist(user: User, as_of: date, limit: int = ROWS) -> list[Row]:
    """The first rows of the user's own day."""
    return day_of(viewer=user, person=user, as_of=as_of, limit=limit).rows


def day_of(
    *,
    viewer: User,
    person: User,
    as_of: date,
    kind: str = "",
    grade: str = "",
    after: Place | None = None,
    customer_id: int | None = None,
    limit: int = ROWS,
) -> Day:
    """The day of `person`, narrowed to a kind of reason, a grade, the rows below a place, or one customer.

    A person's own customers and the pool are what `for_user` gives that person; somebody else's day is
    for those who see the whole base. Raises Forbidden otherwise.
    """
    if viewer.pk != person.pk and not viewer.sees_whole_base:
        raise Forbidden("Another person's day is for those who see the whole base.")
    found = ranking(
        person_id=person.pk,
        as_of=as_of,
        kind=kind,
        grade=grade,
        after=after,
        customer_id=customer_id,
        limit=limit + 1,
    )
    shown = found.rows[:limit]
    more = shown[-1].place if len(found.rows) > limit > 0 else None
    return Day(rows_of(shown, as_of), found.everything, found.shown, found.at_risk, more)
