"""The trigger function, and the operations that put it on a table."""

from typing import Any

from django.db import migrations

# Whatever happens to them alone is no change that a person would look for.
IGNORED = ("updated_at", "version", "content_digest", "last_login", "last_used_at", "last_seen_at")
# Never told, nor kept beside the row.
SECRET = ("password", "digest", "secret", "secrets")

# Arguments: primary key, column with the customer's id ('' for none), mode ('history', 'settings' or 'set').
FUNCTION = f"""
CREATE OR REPLACE FUNCTION core_journal() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    in_set bigint := nullif(current_setting('ferma.change_set', true), '')::bigint;
    actor bigint := nullif(current_setting('ferma.actor', true), '')::bigint;
    origin text := coalesce(current_setting('ferma.origin', true), '');
    pk text := TG_ARGV[0];
    customer text := TG_ARGV[1];
    inserted int8multirange;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF TG_ARGV[2] = 'settings' THEN
            INSERT INTO core_change (at, actor_id, origin, change_set_id, table_name, row_id, operation, after)
            SELECT clock_timestamp(), actor, origin, in_set, TG_TABLE_NAME, (to_jsonb(n)->>pk)::bigint, 'I',
                   to_jsonb(n) - ARRAY{list(SECRET)}
            FROM new_rows n;
        ELSE
            EXECUTE format('SELECT range_agg(int8range(%1$I, %1$I, ''[]'')) FROM new_rows', pk) INTO inserted;
            IF inserted IS NOT NULL THEN
                INSERT INTO core_change (at, actor_id, origin, change_set_id, table_name, operation, ids)
                VALUES (clock_timestamp(), actor, origin, in_set, TG_TABLE_NAME, 'I', inserted);
            END IF;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO core_change
            (at, actor_id, origin, change_set_id, table_name, row_id, customer_id, operation, before, after)
        SELECT clock_timestamp(), actor, origin, in_set, TG_TABLE_NAME, (n.doc->>pk)::bigint,
               (n.doc->>customer)::bigint, 'U', d.before, d.after
        FROM (SELECT to_jsonb(o) AS doc FROM old_rows o) o
        JOIN (SELECT to_jsonb(n) AS doc FROM new_rows n) n ON n.doc->>pk = o.doc->>pk
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(k, o.doc->k) AS before, jsonb_object_agg(k, n.doc->k) AS after
            FROM jsonb_object_keys(n.doc) k
            WHERE o.doc->k IS DISTINCT FROM n.doc->k AND k <> ALL (ARRAY{list(SECRET)})
        ) d
        WHERE d.after IS NOT NULL AND (in_set IS NOT NULL OR d.after - ARRAY{list(IGNORED)} <> '{{}}');
    ELSIF coalesce(current_setting('ferma.numbers_only', true), '') <> '' THEN
        EXECUTE format('SELECT range_agg(int8range(%1$I, %1$I, ''[]'')) FROM old_rows', pk) INTO inserted;
        IF inserted IS NOT NULL THEN
            INSERT INTO core_change (at, actor_id, origin, change_set_id, table_name, operation, ids)
            VALUES (clock_timestamp(), actor, origin, in_set, TG_TABLE_NAME, 'D', inserted);
        END IF;
    ELSE
        INSERT INTO core_change
            (at, actor_id, origin, change_set_id, table_name, row_id, customer_id, operation, before)
        SELECT clock_timestamp(), actor, origin, in_set, TG_TABLE_NAME, (o.doc->>pk)::bigint,
               (o.doc->>customer)::bigint, 'D', o.doc - ARRAY{list(SECRET)}
        FROM (SELECT to_jsonb(o) AS doc FROM old_rows o) o;
    END IF;
    RETURN NULL;
END $body$"""  # noqa: S608
_IN_SET = "WHEN (coalesce(current_setting('ferma.change_set', true), '') <> '')"
_TRIGGER = """
CREATE TRIGGER journal_{name} AFTER {operation} ON {table} REFERENCING {referencing}
FOR EACH STATEMENT {condition} EXECUTE FUNCTION core_journal('{pk}', '{customer}', '{mode}')"""
_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def journaled(table: str, *, pk: str = "id", customer: str = "customer_id", mode: str = "history") -> migrations.RunSQL:
    """Journal a table.

    `history`: updates and deletions always, insertions within a change set only (a row's own columns tell when it
    came). `settings`: everything always. `set`: within a change set only, for tables of high volume.
    """
    statements: list[Any] = []
    for operation, referencing in _REFERENCING.items():
        always = mode == "settings" or (mode == "history" and operation != "INSERT")
        statements.append(
            _TRIGGER.format(
                name=operation.lower(),
                operation=operation,
                table=table,
                referencing=referencing,
                condition="" if always else _IN_SET,
                pk=pk,
                customer=customer,
                mode=mode,
            )
        )
    drop: list[Any] = [f"DROP TRIGGER journal_{operation.lower()} ON {table}" for operation in _REFERENCING]
    return migrations.RunSQL(statements, drop)
