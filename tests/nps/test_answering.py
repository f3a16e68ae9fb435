"""Answers recorded, corrected, and what follows from unhappy ones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from core.errors import Conflict, InvalidInput, NotFound
from customers.models import EventKind, TimelineEvent
from nps.actions import record_response
from nps.models import Response
from tests.factories.nps import InvitationFactory
from tests.factories.touches import StandingFactory
from touches.models import Task, TaskKind, TaskState

pytestmark = pytest.mark.django_db


def answer(invitation, at, score=9, comment=""):
    return record_response(invitation_id=invitation.pk, score=score, comment=comment, at=at)


def events(customer):
    return [e.data for e in TimelineEvent.objects.filter(customer=customer, kind=EventKind.NPS_ANSWERED).order_by("pk")]


def test_an_answer_keeps_the_grade_of_its_day_and_stands_in_the_timeline(noon):
    invitation = InvitationFactory()
    standing = StandingFactory(customer=invitation.customer, grade="B")
    recorded = answer(invitation, noon, 10, " Thanks ")
    standing.grade = "D"
    standing.save()
    assert (recorded.fate, recorded.response.grade, recorded.response.comment) == ("created", "B", "Thanks")
    assert events(invitation.customer) == [{"response": recorded.response.pk, "score": 10, "comment": "Thanks"}]
    assert not Task.objects.exists()


def test_the_same_answer_again_changes_nothing(noon):
    invitation = InvitationFactory()
    fates = [answer(invitation, noon + timedelta(hours=hour)).fate for hour in (0, 1)]
    assert fates == ["created", "unchanged"]
    assert len(events(invitation.customer)) == 1


def test_an_answer_may_be_corrected_for_a_week_and_the_timeline_keeps_the_earlier_score(noon):
    invitation = InvitationFactory()
    answer(invitation, noon, 7)
    recorded = answer(invitation, noon + timedelta(days=7), 9, "Better now")
    assert (recorded.fate, recorded.response.score, recorded.response.answered_at) == ("updated", 9, noon)
    assert recorded.response.changed_at == noon + timedelta(days=7)
    assert events(invitation.customer)[-1]["earlier_score"] == 7
    with pytest.raises(Conflict):
        answer(invitation, noon + timedelta(days=8), 0)
    assert Response.objects.get().score == 9


def test_an_older_answer_never_overwrites_a_newer_one(noon):
    invitation = InvitationFactory()
    answer(invitation, noon, 9)
    assert answer(invitation, noon - timedelta(hours=1), 2).fate == "unchanged"
    assert Response.objects.get().score == 9


@pytest.mark.parametrize("score", [0, 6])
def test_a_detractor_opens_one_recovery_for_the_owner_with_the_comment(noon, farmer, score):
    invitation = InvitationFactory(order__customer__owner=farmer)
    answer(invitation, noon, score, "The box was crushed")
    task = Task.objects.get()
    assert (task.kind, task.owner, task.due_on) == (TaskKind.RECOVER, farmer, date(2026, 3, 16))
    assert str(score) in task.note
    assert "The box was crushed" in task.note


def test_seven_is_not_a_detractor(noon):
    answer(InvitationFactory(), noon, 7)
    assert not Task.objects.exists()


def test_a_comment_added_later_reaches_the_open_recovery_but_not_a_closed_one(noon, farmer):
    invitation = InvitationFactory(order__customer__owner=farmer)
    answer(invitation, noon, 3)
    answer(invitation, noon + timedelta(minutes=1), 3, "Nobody answered the phone")
    task = Task.objects.get()
    assert "Nobody answered the phone" in task.note
    Task.objects.update(state=TaskState.DONE, closed_at=noon)
    answer(invitation, noon + timedelta(minutes=2), 2, "And again")
    task.refresh_from_db()
    assert "And again" not in task.note
    assert Task.objects.count() == 1


def test_a_second_thought_that_turns_bad_opens_the_recovery(noon):
    invitation = InvitationFactory()
    answer(invitation, noon, 9)
    answer(invitation, noon + timedelta(days=1), 1)
    assert Task.objects.get().due_on == date(2026, 3, 17)


@pytest.mark.parametrize(("score", "comment"), [(-1, ""), (11, ""), (5, "x" * 5001)])
def test_a_score_out_of_range_or_a_comment_too_long_is_refused(noon, score, comment):
    with pytest.raises(InvalidInput):
        answer(InvitationFactory(), noon, score, comment)
    assert not Response.objects.exists()


def test_an_unknown_invitation_is_refused(db, noon):
    with pytest.raises(NotFound):
        record_response(invitation_id=404, score=9, comment="", at=noon)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one_response_and_one_recovery(noon):
    invitation = InvitationFactory()

    def run(score):
        try:
            return answer(invitation, noon, score).fate
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        fates = sorted(pool.map(run, [2, 2, 3, 3]))
    assert Response.objects.count() == Task.objects.count() == 1
    assert fates.count("created") == 1
