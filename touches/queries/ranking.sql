-- The worklist of one person on one day; see ranking.py. Money is in minor units.
WITH pool AS (
    (SELECT customer_id AS id FROM touches_task
      WHERE state = 'open' AND owner_id = %(person)s AND due_on <= %(as_of)s
      ORDER BY due_on DESC, id DESC LIMIT %(most_pool_tasks)s)
    UNION
    (SELECT customer_id FROM touches_task
      WHERE state = 'open' AND owner_id IS NULL AND due_on <= %(as_of)s
      ORDER BY due_on DESC, id DESC LIMIT %(most_pool_tasks)s)
    UNION
    (SELECT s.customer_id
       FROM segmentation_standing s JOIN customers_customer c ON c.id = s.customer_id AND c.owner_id IS NULL
      WHERE s.lifecycle = ANY(%(leaving)s) AND s.value_at_risk > 0
        AND NOT EXISTS (SELECT FROM touches_touch t
                         WHERE t.customer_id = s.customer_id AND t.by_id IS NOT NULL AND t.at >= %(rested_since)s)
      ORDER BY s.risk_band DESC, s.value_at_risk DESC LIMIT %(most_pool_leaving)s)  -- the band has the index
),
candidate AS (
    (SELECT c.id, TRUE AS is_own, s.grade, s.lifecycle, s.value_at_risk
       FROM customers_customer c LEFT JOIN segmentation_standing s ON s.customer_id = c.id
      WHERE c.owner_id = %(person)s
      ORDER BY s.value_at_risk DESC NULLS LAST LIMIT %(most_own)s)
    UNION ALL
    SELECT c.id, FALSE, s.grade, s.lifecycle, s.value_at_risk
      FROM pool
      JOIN customers_customer c ON c.id = pool.id AND c.owner_id IS NULL
      LEFT JOIN segmentation_standing s ON s.customer_id = c.id
),
known AS MATERIALIZED (
    SELECT candidate.id, candidate.lifecycle, COALESCE(candidate.value_at_risk, 0) AS value_at_risk, grading.grade,
           COALESCE(candidate.grade, '') AS letter, x.customer_id IS NOT NULL AS is_x,
           touched.on_day AS last_touch,
           -- The last order is looked up only while nobody has touched the customer.
           COALESCE(touched.on_day, (SELECT last_on FROM segmentation_purchasestatistics b
                                      WHERE b.customer_id = candidate.id)) + cadence.days_between AS next_touch,
           COALESCE(cadence.channel, '') AS channel, task.kinds, task.pull, task.first_due, task.is_promised
      FROM candidate
      LEFT JOIN segmentation_xmark x ON x.customer_id = candidate.id
      CROSS JOIN LATERAL (
          SELECT CASE WHEN x.customer_id IS NULL THEN COALESCE(candidate.grade, '') ELSE 'X' END AS grade
      ) grading
      LEFT JOIN touches_cadence cadence
        ON cadence.grade = grading.grade AND candidate.is_own AND candidate.lifecycle IS DISTINCT FROM %(lost)s
      LEFT JOIN LATERAL (
          -- OFFSET keeps the conversion from being done again wherever the day is used.
          SELECT latest.at, (latest.at AT TIME ZONE %(zone)s)::date AS on_day
            FROM (SELECT t.at FROM touches_touch t
                   WHERE t.customer_id = candidate.id AND t.by_id IS NOT NULL ORDER BY t.at DESC LIMIT 1) latest
          OFFSET 0
      ) touched ON TRUE
      LEFT JOIN LATERAL (
          SELECT array_agg(t.kind::text) FILTER (WHERE t.due_on <= %(as_of)s) AS kinds,
                 max((%(pull)s::jsonb ->> t.kind)::float8) FILTER (WHERE t.due_on <= %(as_of)s) AS pull,
                 min(t.due_on) FILTER (WHERE t.due_on <= %(as_of)s) AS first_due,
                 bool_or(t.kind = 'call_back' AND t.due_on > %(as_of)s) AS is_promised,
                 bool_or(t.owner_id <> %(person)s AND (t.due_on <= %(as_of)s OR t.kind = 'call_back')) AS is_taken
            FROM touches_task t WHERE t.customer_id = candidate.id AND t.state = 'open'
      ) task ON TRUE
     WHERE (touched.at IS NULL OR touched.at < %(midnight)s)
       AND (candidate.is_own OR task.is_taken IS NOT TRUE)
),
reasoned AS (
    SELECT known.*,
           lifecycle = ANY(%(leaving)s) AND value_at_risk > 0 AND is_promised IS NOT TRUE
               AND (last_touch IS NULL OR %(as_of)s - last_touch >= %(leaving_pause)s) AS is_leaving,
           next_touch <= %(as_of)s AND is_promised IS NOT TRUE AS is_overdue
      FROM known
),
scored AS (
    SELECT id, letter, is_x, value_at_risk, channel, lifecycle, last_touch, next_touch,
           (%(kind)s = '' OR %(kind)s = ANY(kinds) OR (%(kind)s = 'at_risk' AND is_leaving)
               OR (%(kind)s = 'cadence' AND is_overdue)) IS TRUE AND (%(grade)s = '' OR grade = %(grade)s) AS is_shown,
           round((
               log(1 + GREATEST(value_at_risk, 0) / %(minor)s::float8)
               + GREATEST(pull, CASE WHEN is_leaving THEN %(pull_leaving)s END,
                          CASE WHEN is_overdue THEN %(pull_cadence)s END)
               + LEAST(%(most_lateness)s, (%(as_of)s - LEAST(first_due, CASE WHEN is_leaving THEN %(as_of)s END,
                       CASE WHEN is_overdue THEN next_touch END)) / %(days_per_point)s::float8)
           )::numeric, 6) AS score
      FROM reasoned
     WHERE kinds IS NOT NULL OR is_leaving OR is_overdue
)
SELECT total.everything, total.shown, total.at_risk, listed.*
  FROM (SELECT count(*) AS everything, count(*) FILTER (WHERE is_shown) AS shown,
               COALESCE(sum(value_at_risk) FILTER (WHERE is_shown), 0)::bigint AS at_risk FROM scored) total
  LEFT JOIN LATERAL (
      SELECT id, score, letter, is_x, lifecycle, value_at_risk, channel, last_touch, next_touch FROM scored
       WHERE is_shown AND (%(customer)s::bigint IS NULL OR id = %(customer)s)
         AND (%(after_score)s::numeric IS NULL OR (-score, id) > (-%(after_score)s::numeric, %(after_id)s))
       ORDER BY score DESC, id LIMIT %(limit)s
  ) listed ON TRUE
 ORDER BY listed.score DESC, listed.id
