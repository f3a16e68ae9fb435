"""A flow that customers enter with an audience."""

from datetime import timedelta

import pytest

from campaigns.actions import change_flow, enrol, enrol_by_day, set_active
from campaigns.actions.editing import FlowSettings
from campaigns.models import Enrolment, EnrolmentState, FlowTrigger
from core.errors import Conflict, InvalidInput
from customers.models import CustomerTag, Tag
from segmentation.actions import follow_changes, put_away
from segmentation.models import Audience, AudienceMember
from tests.factories.audiences import audience
from tests.factories.campaigns import NOON, FlowFactory, TemplateFactory, reachable
from tests.factories.core import ManagerFactory
from touches.models import PressureLimit

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def tag():
    PressureLimit.objects.all().delete()
    TemplateFactory()
    return Tag.objects.create(name="vip")


def settings(**changed) -> FlowSettings:
    fields = {"holdout_percent": 0, "entry_limit": 500, "pause_days": 30, "window_days": 30, "waits": {}, "notes": {}}
    return FlowSettings(**fields | changed)


def flow_of(tag, **changed):
    """A flow that is on, for who wears the tag."""
    of_tag = audience({"field": "tag", "op": "in", "value": [tag.pk]}, name="VIP")
    flow = FlowFactory(is_active=False)
    asked = settings(trigger=FlowTrigger.AUDIENCE, audience=of_tag, **changed)
    change_flow(flow_id=flow.pk, settings=asked, at=NOON)
    return set_active(flow_id=flow.pk, is_active=True, at=NOON)


def wear(customer, tag):
    CustomerTag.objects.create(customer=customer, tag=tag)


def test_who_belongs_at_the_start_enters_at_night_and_who_comes_later_by_day(tag):
    before, later, unreachable = reachable(), reachable(), reachable(email="", phone="+79990001122")
    unreachable.consents.all().delete()
    wear(before, tag)
    flow = flow_of(tag)
    assert Audience.objects.get().in_flow
    assert enrol(as_of=TODAY, now=NOON) == 1
    wear(later, tag)
    wear(unreachable, tag)
    assert enrol_by_day(now=NOON) == 0
    follow_changes(now=NOON)
    assert enrol_by_day(now=NOON) == 1
    assert enrol_by_day(now=NOON) == 0
    entered = Enrolment.objects.filter(flow=flow).order_by("pk").values_list("customer", "state")
    assert list(entered) == [(before.pk, EnrolmentState.ACTIVE), (later.pk, EnrolmentState.ACTIVE)]


def test_the_days_limit_holds_for_the_night_and_the_day_together(tag):
    for _ in range(3):
        wear(reachable(), tag)
    flow_of(tag, entry_limit=2)
    assert enrol(as_of=TODAY, now=NOON) == 2
    assert enrol_by_day(now=NOON + timedelta(hours=1)) == 0
    assert enrol_by_day(now=NOON + timedelta(days=1)) == 1


def test_somebody_enters_again_only_after_the_rest_and_having_come_anew(tag):
    customer = reachable()
    wear(customer, tag)
    flow_of(tag)
    enrol(as_of=TODAY, now=NOON)
    Enrolment.objects.update(state=EnrolmentState.FINISHED, ended_at=NOON + timedelta(days=10))
    rested = NOON + timedelta(days=50)
    assert enrol(as_of=rested.date(), now=rested) == 0
    CustomerTag.objects.all().delete()
    follow_changes(now=NOON + timedelta(days=20))
    wear(customer, tag)
    follow_changes(now=NOON + timedelta(days=21))
    assert enrol(as_of=TODAY, now=NOON + timedelta(days=22)) == 0
    assert enrol(as_of=rested.date(), now=rested) == 1
    assert sorted(Enrolment.objects.values_list("round", flat=True)) == [1, 2]


def test_a_paused_flow_lets_its_audience_go_and_an_audience_in_use_is_not_put_away(tag):
    wear(reachable(), tag)
    flow = flow_of(tag)
    of_flow = Audience.objects.get()
    with pytest.raises(Conflict):
        put_away(audience_id=of_flow.pk, by=ManagerFactory(), at=NOON)
    set_active(flow_id=flow.pk, is_active=False, at=NOON)
    assert not Audience.objects.get().in_flow
    assert not AudienceMember.objects.exists()
    put_away(audience_id=of_flow.pk, by=ManagerFactory(), at=NOON)
    with pytest.raises(Conflict):
        set_active(flow_id=flow.pk, is_active=True, at=NOON)


def test_a_trigger_without_an_audience_is_refused():
    flow = FlowFactory(is_active=False)
    with pytest.raises(InvalidInput):
        change_flow(flow_id=flow.pk, settings=settings(trigger=FlowTrigger.AUDIENCE), at=NOON)
