-- The class of inquiries; see judging.py. It says in SQL what acquisition.rules.leaks says in Python.
-- Phones are asked for by the partial indexes on those that are known: hence n.phone <> '' beside the equality.
INSERT INTO acquisition_inquirystanding AS s
    (inquiry_id, happened_on, hour, kind, channel_id, person_id, line, is_known, state, seen_at)
SELECT f.id, f.happened_on, f.hour, f.kind, f.channel_id, f.person_id, f.line, f.is_known,
       CASE
           WHEN f.is_spam THEN 'spam'
           WHEN f.has_order THEN 'ordered'
           WHEN NOT f.is_answered AND NOT (f.is_written AND f.in_time) THEN
               CASE WHEN f.in_time THEN 'recovered'
                    WHEN f.is_written AND %(now)s <= f.until THEN 'in_work'
                    ELSE 'missed' END
           WHEN NOT f.contact_captured THEN 'uncaptured'
           WHEN f.met_on <= f.deadline THEN 'kept'
           WHEN %(today)s <= f.deadline THEN 'in_work'
           ELSE 'forgotten'
       END,
       f.updated_at
  FROM (
    SELECT i.id, i.happened_on, i.kind, i.channel_id, i.line, i.updated_at, i.is_spam, i.is_answered,
           i.contact_captured, i.customer_id IS NOT NULL AS is_known,
           extract(hour FROM i.at AT TIME ZONE %(zone)s)::int AS hour,
           coalesce(i.answered_by_id, c.owner_id) AS person_id,
           coalesce(o.status NOT IN ('cancelled', 'returned'), FALSE) AS has_order,
           i.kind = ANY(%(written)s) AS is_written,
           i.at + %(callback)s AS until,
           coalesce(contact.at <= i.at + %(callback)s, FALSE) AS in_time,
           coalesce(i.next_step_on, i.happened_on) + %(forgotten)s AS deadline,
           least((attempt.at AT TIME ZONE %(zone)s)::date, step.done_on) AS met_on
      FROM acquisition_inquiry i
      LEFT JOIN acquisition_inquirystanding known ON known.inquiry_id = i.id
      LEFT JOIN customers_customer c ON c.id = i.customer_id
      LEFT JOIN customers_order o ON o.id = i.order_id
      LEFT JOIN LATERAL (
          SELECT min(found.at) AS at FROM (
              (SELECT t.at FROM touches_touch t
                WHERE t.customer_id = i.customer_id AND t.by_id IS NOT NULL AND t.at > i.at
                  AND NOT (t.outcome = ANY(%(unheard)s)) ORDER BY t.at LIMIT 1)
              UNION ALL
              (SELECT a.at FROM acquisition_outgoingcall a
                WHERE a.phone <> '' AND a.phone = i.phone AND a.at > i.at AND a.is_answered ORDER BY a.at LIMIT 1)
              UNION ALL
              (SELECT a.at FROM acquisition_outgoingcall a
                WHERE a.customer_id = i.customer_id AND a.at > i.at AND a.is_answered ORDER BY a.at LIMIT 1)
              UNION ALL
              (SELECT a.at FROM acquisition_outgoingcall a
                WHERE a.inquiry_id = i.id AND a.at > i.at AND a.is_answered ORDER BY a.at LIMIT 1)
              UNION ALL
              (SELECT n.at FROM acquisition_inquiry n
                WHERE n.phone <> '' AND n.phone = i.phone AND n.at > i.at AND n.is_answered AND NOT n.is_spam
                ORDER BY n.at LIMIT 1)
              UNION ALL
              (SELECT n.at FROM acquisition_inquiry n
                WHERE n.customer_id = i.customer_id AND n.at > i.at AND n.is_answered AND NOT n.is_spam
                ORDER BY n.at LIMIT 1)
          ) found
      ) contact ON coalesce(o.status IN ('cancelled', 'returned'), TRUE) AND NOT i.is_spam AND NOT i.is_answered
      LEFT JOIN LATERAL (
          SELECT min(found.at) AS at FROM (
              (SELECT t.at FROM touches_touch t
                WHERE t.customer_id = i.customer_id AND t.by_id IS NOT NULL AND t.at > i.at
                  AND t.at >= coalesce(i.next_step_on::timestamp AT TIME ZONE %(zone)s, i.at) ORDER BY t.at LIMIT 1)
              UNION ALL
              (SELECT a.at FROM acquisition_outgoingcall a
                WHERE a.phone <> '' AND a.phone = i.phone AND a.at > i.at
                  AND a.at >= coalesce(i.next_step_on::timestamp AT TIME ZONE %(zone)s, i.at) ORDER BY a.at LIMIT 1)
              UNION ALL
              (SELECT a.at FROM acquisition_outgoingcall a
                WHERE a.customer_id = i.customer_id AND a.at > i.at
                  AND a.at >= coalesce(i.next_step_on::timestamp AT TIME ZONE %(zone)s, i.at) ORDER BY a.at LIMIT 1)
              UNION ALL
              (SELECT a.at FROM acquisition_outgoingcall a
                WHERE a.inquiry_id = i.id AND a.at > i.at
                  AND a.at >= coalesce(i.next_step_on::timestamp AT TIME ZONE %(zone)s, i.at) ORDER BY a.at LIMIT 1)
              UNION ALL
              (SELECT n.at FROM acquisition_inquiry n
                WHERE n.customer_id = i.customer_id AND n.at > i.at AND n.is_answered AND NOT n.is_spam
                  AND n.at >= coalesce(i.next_step_on::timestamp AT TIME ZONE %(zone)s, i.at) ORDER BY n.at LIMIT 1)
          ) found
      ) attempt ON coalesce(o.status IN ('cancelled', 'returned'), TRUE) AND NOT i.is_spam AND i.contact_captured
      LEFT JOIN LATERAL (
          SELECT (t.closed_at AT TIME ZONE %(zone)s)::date AS done_on FROM touches_task t
           WHERE t.key = 'inquiry-' || i.id AND t.state = 'done'
      ) step ON i.next_step_on IS NOT NULL
     WHERE i.happened_on >= %(since)s OR i.updated_at >= %(recent)s
        OR (%(is_whole)s AND (known.seen_at IS DISTINCT FROM i.updated_at
                              OR known.state = 'ordered' AND i.order_id IS NULL))
  ) f
ON CONFLICT (inquiry_id) DO UPDATE
SET happened_on = excluded.happened_on, hour = excluded.hour, kind = excluded.kind, channel_id = excluded.channel_id,
    person_id = excluded.person_id, line = excluded.line, is_known = excluded.is_known, state = excluded.state,
    seen_at = excluded.seen_at
WHERE (s.happened_on, s.hour, s.kind, s.channel_id, s.person_id, s.line, s.is_known, s.state, s.seen_at)
      IS DISTINCT FROM
      (excluded.happened_on, excluded.hour, excluded.kind, excluded.channel_id, excluded.person_id, excluded.line,
       excluded.is_known, excluded.state, excluded.seen_at)
