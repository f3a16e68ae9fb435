"""Who entered and who left the watched audiences, found without rebuilding them.

By change: triggers mark customers (segmentation/audiences/bell.py), a tick asks every watched tree about those only.
By time: the night asks the whole base and writes the differences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from django.db import connection, transaction

from core.marks import take_marks
from core.periods import company_day
from segmentation.audiences.registry import Context
from segmentation.audiences.tree import TreeFaultError, read_tree
from segmentation.models import Audience, AudienceDue
from segmentation.queries.audiences import members_by_tree

log = structlog.get_logger(__name__)
PORTION = 5_000
# The differences between who belongs and who is written down, and nothing else is written.
_DIFFERENCES = """
WITH belongs (id) AS MATERIALIZED ({members}),
gone AS (
    DELETE FROM segmentation_audiencemember AS m
    WHERE m.audience_id = %s AND {scope} AND NOT EXISTS (SELECT FROM belongs AS b WHERE b.id = m.customer_id)
    RETURNING m.customer_id
),
come AS (
    INSERT INTO segmentation_audiencemember (audience_id, customer_id, since)
    SELECT %s, b.id, %s FROM belongs AS b WHERE NOT EXISTS (
        SELECT FROM segmentation_audiencemember AS m WHERE m.audience_id = %s AND m.customer_id = b.id
    )
    RETURNING customer_id
)
INSERT INTO segmentation_audiencechange (audience_id, customer_id, entered, at)
SELECT %s, customer_id, true, %s FROM come UNION ALL SELECT %s, customer_id, false, %s FROM gone
RETURNING entered
"""


@dataclass(frozen=True)
class Moved:
    """How many customers entered and left."""

    entered: int = 0
    left: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.entered + other.entered, self.left + other.left)


def follow_changes(*, now: datetime, limit: int = PORTION) -> Moved:
    """Look again at the customers of up to `limit` marks, in every watched audience.

    The marks are taken away and the customers read in one transaction, the reading after: a mark seen means its
    change seen, and a crash gives the marks back. Two ticks at once take different marks; where they meet at a
    customer, the lock on the audience lets one go after the other.
    """
    with transaction.atomic():
        marked = take_marks(model=AudienceDue, limit=limit)
        if not marked:
            return Moved()
        ids = None if None in marked else sorted(marked)
        return _follow(_watched(), as_of=company_day(now), at=now, customer_ids=ids)


def follow_time(*, as_of: date, now: datetime) -> Moved:
    """Ask every watched audience about the whole base: what the passing of days alone has changed.

    The marks of the whole base made before it are answered with it; if it fails in the middle, they stay.
    """
    answered = list(AudienceDue.objects.filter(customer__isnull=True).values_list("pk", flat=True))
    total = Moved()
    for audience_id in _watched():
        with transaction.atomic():
            total += _follow([audience_id], as_of=as_of, at=now, customer_ids=None)
    AudienceDue.objects.filter(pk__in=answered).delete()
    return total


def fill(*, audience: Audience, as_of: date, at: datetime) -> Moved:
    """Write down who belongs to a watched audience. Needs a transaction that holds the audience."""
    return _write(audience, as_of, at, None)


def _watched() -> list[int]:
    return list(Audience.objects.watched().order_by("pk").values_list("pk", flat=True))


def _follow(audience_ids: list[int], *, as_of: date, at: datetime, customer_ids: Sequence[int] | None) -> Moved:
    total = Moved()
    for audience_id in audience_ids:
        # Held in one order, so that two ticks wait for each other and never both.
        audience = Audience.objects.watched().select_for_update(no_key=True).filter(pk=audience_id).first()
        if audience is not None:
            total += _write(audience, as_of, at, customer_ids)
    return total


def _write(audience: Audience, as_of: date, at: datetime, customer_ids: Sequence[int] | None) -> Moved:
    try:
        tree = read_tree(audience.tree)
    except TreeFaultError as error:
        # A field it asks about is gone. Its members stay as they are until somebody mends it; the page says so.
        log.warning("audience_unusable", audience=audience.pk, error=str(error))
        return Moved()
    sql, params = members_by_tree(tree, Context(as_of, user_id=audience.owner_id, customer_ids=customer_ids))
    scope = "TRUE" if customer_ids is None else "m.customer_id = ANY (%s)"
    about = [] if customer_ids is None else [list(customer_ids)]
    pk = audience.pk
    with connection.cursor() as cursor:
        cursor.execute(
            _DIFFERENCES.format(members=sql, scope=scope),
            [*params, pk, *about, pk, at, pk, pk, at, pk, at],
        )
        entered = [row[0] for row in cursor.fetchall()]
    return Moved(sum(entered), len(entered) - sum(entered))
