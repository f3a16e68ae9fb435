"""The trigger that makes a due row of every event that somebody subscribed to.

Nothing calls upward: whoever writes the timeline, by whatever way, knows nothing of webhooks. It looks once per
statement whether any subscription is on. Inside a change set only a merge rings: imports, hand-overs and undos would
tell thousands of things that did not happen now.
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION webhooks_ring() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    in_set bool := coalesce(current_setting('ferma.change_set', true), '') <> '';
BEGIN
    IF EXISTS (SELECT 1 FROM webhooks_subscription WHERE is_active) THEN
        INSERT INTO webhooks_webhookdelivery (subscription_id, event_id, kind, customer_id, happened_at, facts)
        SELECT s.id, e.id, e.kind, e.customer_id, e.at, coalesce(
            (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(e.data) f WHERE f.key = ANY (s.facts)), '{}')
        FROM new_events e JOIN webhooks_subscription s ON s.is_active AND e.kind = ANY (s.kinds)
        WHERE NOT in_set OR e.kind = 'merged'
        ORDER BY e.id, s.id;
    END IF;
    RETURN NULL;
END $body$"""
TRIGGER = """
CREATE TRIGGER webhooks_ring AFTER INSERT ON customers_timelineevent REFERENCING NEW TABLE AS new_events
FOR EACH STATEMENT EXECUTE FUNCTION webhooks_ring()"""
DROP = [
    "DROP TRIGGER webhooks_ring ON customers_timelineevent",
    "DROP FUNCTION webhooks_ring()",
]
