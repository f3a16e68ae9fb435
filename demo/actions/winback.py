"""What the win-back flow did in the months before: passages, messages, codes, tasks."""

import numpy as np
from django.db import connection

from campaigns.actions.starter import install_win_back
from campaigns.models import Enrolment, Flow
from core.money import to_minor
from demo.actions.copying import copy_columns, gather_statistics
from demo.actions.story import Story
from demo.rules.codes import code_of
from demo.rules.winback import CODE_DAYS
from loyalty.models import Offer, PromoCode

SMS_COST = "3.90"
# Days after entry on which the SMS and the task come, and until which an order counts.
SMS_AFTER, TASK_AFTER, MEASURED = 5, 12, 42

LEAVE = """
    UPDATE campaigns_enrolment e
    SET state = 'left', exit_reason = 'ordered', order_id = first.id, ended_at = first.placed_at
    FROM (
        SELECT DISTINCT ON (p.id) p.id AS enrolment_id, o.id, o.placed_at
        FROM campaigns_enrolment p
        JOIN customers_order o ON o.customer_id = p.customer_id
            AND o.placed_at > p.entered_at AND o.placed_at <= p.ends_at
        WHERE o.status NOT IN ('cancelled', 'returned')
        ORDER BY p.id, o.placed_at, o.id
    ) first
    WHERE e.id = first.enrolment_id
"""
FINISH = """
    UPDATE campaigns_enrolment SET state = 'finished', ended_at = ends_at
    WHERE state IN ('active', 'holdout') AND ends_at <= %(end)s::timestamptz
"""
# How far each passage got by the end of it, or of the story; the step after that waits.
MARCH = """
    UPDATE campaigns_enrolment e
    SET next_position = 1 + steps.taken,
        due_at = CASE WHEN state = 'active' THEN CASE steps.taken
            WHEN 1 THEN entered_at + make_interval(days => %(sms)s)
            WHEN 2 THEN entered_at + make_interval(days => %(task)s) END END
    FROM (
        SELECT id, 1 + (until > entered_at + make_interval(days => %(sms)s))::int
                 + (until > entered_at + make_interval(days => %(task)s))::int AS taken
        FROM (
            SELECT id, entered_at, least(ended_at, %(end)s::timestamptz) AS until FROM campaigns_enrolment
        ) passage
    ) steps
    WHERE e.id = steps.id AND NOT e.is_holdout
"""
# A message that consent or an address forbids is held back at the moment of sending.
DELIVER = """
    INSERT INTO campaigns_delivery (
        key, customer_id, channel, purpose, template_code, context, step_id, enrolment_id, due_at, attempts,
        claimed_by, state, held_back, address, subject, body, started_at, sent_at, unrecorded, provider_id,
        cost, error, created_at
    )
    SELECT 'flow-step:' || s.id || ':' || e.id, e.customer_id, s.kind, 'marketing', s.template_code,
        jsonb_build_object(
            'promo_code', c.code, 'discount', '10 %%', 'promo_expires', c.expires_at::date::text),
        s.id, e.id, due.at, may.be_sent::int, '',
        CASE WHEN may.be_sent THEN 'sent' ELSE 'held_back' END,
        CASE WHEN may.be_sent THEN '' WHEN p.value IS NULL THEN 'no_address' ELSE 'no_consent' END,
        coalesce(CASE WHEN may.be_sent THEN p.value END, ''),
        CASE s.kind WHEN 'email' THEN 'Скидка 10 %% на ваш следующий заказ' ELSE '' END,
        'Ваша скидка 10 %% по коду ' || c.code || ' до ' || to_char(c.expires_at, 'DD.MM.YYYY'),
        CASE WHEN may.be_sent THEN sent.at END, CASE WHEN may.be_sent THEN sent.at END, false, '',
        CASE WHEN may.be_sent AND s.kind = 'sms' THEN %(cost)s ELSE 0 END, '', due.at
    FROM campaigns_enrolment e
    JOIN campaigns_flowstep s
        ON s.flow_id = e.flow_id AND s.position < e.next_position AND s.kind IN ('email', 'sms')
    JOIN loyalty_promocode c ON c.customer_id = e.customer_id
    CROSS JOIN LATERAL (
        SELECT e.entered_at + make_interval(days => CASE s.position WHEN 1 THEN 0 ELSE %(sms)s END) AS at
    ) due
    -- Not at night.
    CROSS JOIN LATERAL (SELECT due.at + make_interval(hours => 7, secs => e.id %% 1800) AS at) sent
    CROSS JOIN LATERAL (SELECT CASE s.kind WHEN 'sms' THEN 'phone' ELSE 'email' END AS channel) way
    LEFT JOIN LATERAL (
        SELECT value FROM customers_contactpoint
        WHERE customer_id = e.customer_id AND channel = way.channel AND status = 'valid' ORDER BY id LIMIT 1
    ) p ON true
    CROSS JOIN LATERAL (
        SELECT p.value IS NOT NULL AND EXISTS (
            SELECT FROM customers_consent g WHERE g.customer_id = e.customer_id AND g.channel = way.channel
        ) AS be_sent
    ) may
    WHERE NOT e.is_holdout AND sent.at < %(end)s::timestamptz
    ORDER BY sent.at, e.id
"""
TASKS = """
    INSERT INTO touches_task
        (customer_id, owner_id, kind, key, note, due_on, state, created_at, closed_at, closed_by_id)
    SELECT e.customer_id, customer.owner_id, 'win_back', 'flow-step:' || s.id || ':' || e.id,
        'Не ответил на письмо и SMS. Позвоните: спросите, что изменилось, и напомните о скидке 10 %% '
            || 'по промокоду ' || c.code || '.',
        due.at::date,
        CASE WHEN e.state = 'left' THEN 'cancelled' WHEN past.over THEN 'done' ELSE 'open' END,
        due.at,
        CASE WHEN e.state = 'left' THEN e.ended_at
             WHEN past.over THEN due.at + make_interval(hours => 30 + (e.id %% 70)::int) END,
        CASE WHEN e.state <> 'left' AND past.over THEN customer.owner_id END
    FROM campaigns_enrolment e
    JOIN customers_customer customer ON customer.id = e.customer_id
    JOIN campaigns_flowstep s ON s.flow_id = e.flow_id AND s.position < e.next_position AND s.kind = 'task'
    JOIN loyalty_promocode c ON c.customer_id = e.customer_id
    CROSS JOIN LATERAL (SELECT e.entered_at + make_interval(days => %(task)s) AS at) due
    CROSS JOIN LATERAL (SELECT due.at < %(end)s::timestamptz - interval '3 days' AS over) past
    WHERE NOT e.is_holdout
    ORDER BY e.id
"""
EVENTS = """
    INSERT INTO customers_timelineevent (customer_id, kind, at, data)
    SELECT e.customer_id, 'flow_entered', e.entered_at, jsonb_build_object('flow', f.code, 'name', f.name)
    FROM campaigns_enrolment e JOIN campaigns_flow f ON f.id = e.flow_id WHERE NOT e.is_holdout
    UNION ALL
    SELECT e.customer_id, 'flow_left', e.ended_at, jsonb_build_object(
        'flow', f.code, 'name', f.name, 'reason', CASE e.state WHEN 'left' THEN 'ordered' ELSE 'finished' END,
        'order', e.order_id)
    FROM campaigns_enrolment e JOIN campaigns_flow f ON f.id = e.flow_id
    WHERE NOT e.is_holdout AND e.ended_at IS NOT NULL
"""


def code_prefix() -> str:
    """What the codes of the flow's offer begin with."""
    return _offer(install_win_back(is_active=True)).prefix


def _offer(flow: Flow) -> Offer:
    """The starter flow has one."""
    if flow.offer is None:
        raise LookupError("the win-back flow has no offer")
    return flow.offer


def write_passages(story: Story) -> None:
    """Write everybody who entered the flow, and what was done about them. Their orders are written before."""
    flow = install_win_back(is_active=True)
    _write_enrolments(story, flow)
    _write_codes(story, flow)
    gather_statistics((Enrolment, PromoCode))
    values = {
        "end": story.clock.texts(np.array([story.end]))[0],
        "sms": SMS_AFTER,
        "task": TASK_AFTER,
        "cost": to_minor(SMS_COST),
    }
    with connection.cursor() as cursor:
        for statement in (LEAVE, FINISH, MARCH, DELIVER, TASKS, EVENTS):
            cursor.execute(statement, values)


def _write_enrolments(story: Story, flow: Flow) -> None:
    passages = story.passages
    count = len(passages)
    entered = story.clock.texts(passages.entered)
    copy_columns(
        Enrolment,
        count,
        id=range(1, count + 1),
        flow_id=str(flow.pk),
        customer_id=passages.customer + 1,
        round="1",
        is_holdout=passages.is_holdout,
        state=np.where(passages.is_holdout, "holdout", "active"),
        entered_at=entered,
        entered_stage=np.where(passages.has_lapsed, "lapsed", "at_risk"),
        next_position="1",
        ends_at=story.clock.texts(passages.entered + MEASURED * 86400),
        exit_reason="",
    )


def _write_codes(story: Story, flow: Flow) -> None:
    prefix = _offer(flow).prefix
    treated = ~story.passages.is_holdout
    customers = story.passages.customer[treated] + 1
    entered = story.passages.entered[treated]
    expires = (entered // 86400 + CODE_DAYS + 1) * 86400 - 1
    copy_columns(
        PromoCode,
        len(customers),
        offer_id=str(flow.offer_id),
        customer_id=customers,
        code=[code_of(customer, prefix) for customer in customers.tolist()],
        issued_at=story.clock.texts(entered),
        expires_at=story.clock.texts(expires),
    )
