"""The pairs that the machine may merge without asking."""

from dataclasses import dataclass

from django.db import connection

from customers.queries.duplicates import duplicate_policy

_PAIRS = """
    SELECT least_old.keep_id, least_old.merge_id, d.score
    FROM customers_duplicatecandidate d
    JOIN customers_customer a ON a.id = d.first_id
    JOIN customers_customer b ON b.id = d.second_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN (a.created_at, a.id) <= (b.created_at, b.id) THEN a.id ELSE b.id END AS keep_id,
               CASE WHEN (a.created_at, a.id) <= (b.created_at, b.id) THEN b.id ELSE a.id END AS merge_id
    ) least_old
    WHERE d.state = 'open' AND d.score >= %(score)s AND a.erased_at IS NULL AND b.erased_at IS NULL
      AND a.kind = b.kind
      AND a.owner_id IS NOT DISTINCT FROM b.owner_id
      AND (a.birthday = b.birthday OR a.birthday IS NULL OR b.birthday IS NULL)
      AND (a.tax_number = b.tax_number OR '' IN (a.tax_number, b.tax_number))
      AND NOT EXISTS (
        SELECT FROM customers_externalref r JOIN customers_externalref s ON s.source = r.source
        WHERE r.customer_id = a.id AND s.customer_id = b.id)
      AND NOT EXISTS (
        SELECT FROM (SELECT DISTINCT ON (channel) channel, action FROM customers_consent
                     WHERE customer_id = a.id ORDER BY channel, at DESC, id DESC) x
        JOIN (SELECT DISTINCT ON (channel) channel, action FROM customers_consent
              WHERE customer_id = b.id ORDER BY channel, at DESC, id DESC) y USING (channel)
        WHERE x.action <> y.action)
      AND NOT EXISTS (
        SELECT FROM core_changeset m JOIN core_changeset u ON u.undoes_id = m.id
        WHERE m.kind = 'merge' AND (m.data->>'keep')::bigint IN (a.id, b.id)
          AND (m.data->>'merge')::bigint IN (a.id, b.id))
    ORDER BY d.score DESC, d.id LIMIT %(limit)s"""


@dataclass(frozen=True)
class UnattendedPair:
    """Which card stays, which goes into it, and the likeness in percent."""

    keep_id: int
    merge_id: int
    score: int


def mergeable_unattended(limit: int, *, merge_from: int | None = None) -> list[UnattendedPair]:
    """Open pairs from the policy's threshold (or another one) on which nothing contradicts; none where it has none."""
    threshold = duplicate_policy().merge_from if merge_from is None else merge_from
    if threshold is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"score": threshold, "limit": limit})
        return [UnattendedPair(*row) for row in cursor.fetchall()]
