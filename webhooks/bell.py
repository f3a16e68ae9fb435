"""The trigger that makes a due row of every event that somebody subscribed to.

Nothing calls upward: whoever writes the timeline, by whatever way, knows nothing of webhooks. It looks once per
statement whether any subscription is on, and is silent inside a change set: imports and undos do not ring.
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION webhooks_ring() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT 1 FROM webhooks_subscription WHERE is_active) THEN
        INSERT INTO webhooks_webhookdelivery (subscription_id, event_id, kind, customer_id, happened_at, facts)
        SELECT s.id, e.id, e.kind, e.customer_id, e.at, coalesce(
            (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(e.data) f WHERE f.key = ANY (s.facts)), '{}')
        FROM new_events e JOIN webhooks_subscription s ON s.is_active AND e.kind = ANY (s.kinds)
        ORDER BY e.id, s.id;
    END IF;
    RETURN NULL;
END $body$"""
TRIGGER = """
CREATE TRIGGER webhooks_ring AFTER INSERT ON customers_timelineevent REFERENCING NEW TABLE AS new_events
FOR EACH STATEMENT WHEN (coalesce(current_setting('ferma.change_set', true), '') = '')
EXECUTE FUNCTION webhooks_ring()"""
DROP = [
    "DROP TRIGGER webhooks_ring ON customers_timelineevent",
    "DROP FUNCTION webhooks_ring()",
]
