"""Taking a whole import back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict
from core.journal import undo
from core.models import User
from customers.actions.locks import lock_derived, lock_everything
from customers.models import ImportJob

# Whose orders or details the set wrote; those who go with it are left out afterwards.
_FIND = """
    CREATE TEMPORARY TABLE undo_customer ON COMMIT DROP AS
    SELECT DISTINCT customer_id FROM (
        SELECT o.customer_id FROM core_change c, unnest(c.ids) r
        JOIN customers_order o ON o.id <@ r
        WHERE c.change_set_id = %(set)s AND c.table_name = 'customers_order' AND c.operation = 'I'
        UNION ALL
        SELECT unnest(ARRAY[c.customer_id, (c.before->>'customer_id')::bigint]) FROM core_change c
        WHERE c.change_set_id = %(set)s AND c.operation = 'U'
        AND c.table_name IN ('customers_order', 'customers_customer')
    ) x"""
_MARK = """
    INSERT INTO customers_stalemark (customer_id, at)
    SELECT u.customer_id, %(at)s FROM undo_customer u JOIN customers_customer c ON c.id = u.customer_id"""


@transaction.atomic
def take_back(
    *, job: ImportJob, by_id: int | None, at: datetime, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> dict[str, Any]:
    """Undo what the import changed, as far as nobody has built on it; returns what went and what stayed, by table.

    Writers of orders and customers wait meanwhile. Raises Conflict if it was undone before.
    """
    lock_derived()
    lock_everything()
    made = job.change_set
    if made is None:
        raise Conflict(_("There is nothing to undo."), code="nothing_to_undo")
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"set": made.pk})
        undone = undo(made=made, by=User.objects.filter(pk__in=[by_id or 0]).first(), at=at, progress=progress)
        cursor.execute(_MARK, {"at": at})
        cursor.execute("DROP TABLE undo_customer")
    return {
        "rows": dict(undone.rows),
        "kept": [
            {"table": table, "reason": reason, "count": count} for (table, reason), count in undone.kept.most_common()
        ],
        "examples": [{"table": table, "id": id_, "reason": reason} for table, id_, reason in undone.examples],
    }
