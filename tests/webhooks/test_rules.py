"""Signatures, the schedule of attempts, and what may be told."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import EventKind
from webhooks.rules import retries, signing
from webhooks.rules.events import BY_KIND, TYPES, facts_of, kinds_of, type_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("secret", "message_id", "timestamp", "body", "expected"),
    [
        (
            "whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121,
            b'{"event_type":"ping","data":{"success":true}}', "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
            b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ],
)  # fmt: skip
def test_signatures_are_those_of_the_published_examples(secret, message_id, timestamp, body, expected):
    assert signing.signature(secret, message_id, timestamp, body) == expected


def test_while_a_secret_is_replaced_both_sign():
    old, new = signing.secret_of(b"a" * 32), signing.secret_of(b"b" * 32)
    found = signing.headers([new, old], "msg_1", NOW, b"{}")
    first, second = found["webhook-signature"].split(" ")
    assert first == signing.signature(new, "msg_1", int(found["webhook-timestamp"]), b"{}")
    assert second == signing.signature(old, "msg_1", int(found["webhook-timestamp"]), b"{}")


@pytest.mark.parametrize("secret", ["", "whsec_%%", "secret", "whsec_абв"])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(ValueError):
        signing.key_of(secret)


def test_attempts_follow_the_schedule_for_three_days_and_end():
    at, moments = NOW, []
    for attempts in range(1, retries.MAX_ATTEMPTS):
        at = retries.next_attempt(attempts=attempts, now=at, chance=0)
        moments.append(at - NOW)
    assert moments[:3] == [timedelta(seconds=5), timedelta(seconds=305), timedelta(seconds=2105)]
    assert moments[-1] == timedelta(hours=75, minutes=35, seconds=5)
    assert retries.next_attempt(attempts=retries.MAX_ATTEMPTS, now=NOW, chance=0) is None


def test_chance_lengthens_a_pause_by_a_tenth_at_most():
    assert retries.next_attempt(attempts=2, now=NOW, chance=1) == NOW + timedelta(seconds=330)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("Fri, 20 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Fri, 20 Nov 2020 12:10:00 GMT", timedelta()),
        ("99999999999999999", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(value, expected):
    assert retries.retry_after(value, NOW) == expected


def test_the_receivers_wish_lengthens_a_pause_and_never_beyond_a_day():
    def after(wish):
        return retries.next_attempt(attempts=1, now=NOW, chance=0, wish=wish) - NOW

    assert after(timedelta(seconds=1)) == timedelta(seconds=5)
    assert after(timedelta(minutes=9)) == timedelta(minutes=9)
    assert after(timedelta(days=9)) == timedelta(days=1)


def test_an_address_is_dead_after_five_days_of_failure():
    assert not retries.is_dead(None, NOW)
    assert not retries.is_dead(NOW - timedelta(days=4, hours=23), NOW)
    assert retries.is_dead(NOW - timedelta(days=5), NOW)


def test_every_type_stands_for_kinds_that_the_timeline_has_and_no_kind_for_two():
    kinds = [kind for each in TYPES for kind in each.kinds]
    assert set(kinds) <= set(EventKind.values)
    assert len(kinds) == len(set(kinds)) == len(BY_KIND)
    assert kinds_of(["order.recorded", "consent.changed"]) == ["consent_granted", "consent_withdrawn", "order_placed"]
    assert type_of("grade_changed") == "customer.graded"
    assert type_of("test") == "webhook.test"


def test_words_of_people_are_not_told():
    assert facts_of("nps_answered", {"score": 3, "comment": "call me: +7 912 …"}) == {
        "event": "nps_answered",
        "score": 3,
    }
