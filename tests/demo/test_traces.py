"""What there is to see after the demonstration was filled; the tests only read one and the same base."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from acquisition.models import Inquiry, OutgoingCall
from campaigns.models import Delivery, DeliveryState, Enrolment
from core.models import ApiToken, Change, ChangeKind, ChangeSet, Night
from customers.models import (
    AccessEntry,
    AccessKind,
    CandidateState,
    Consent,
    ConsentText,
    ContactPoint,
    Customer,
    DuplicateCandidate,
    DuplicatePolicy,
    EventKind,
    ImportJob,
    Order,
    OrderLine,
    SavedMapping,
    StaleMark,
    TimelineEvent,
)
from customers.rules.reading_habits import Why
from dashboard.queries.reading import reading_days
from demo.rules.exchange import CALLS, FIRST_ENTRY
from nps.models import Response
from platforms.models import Connection, InboundMessage
from segmentation.models import BaseSnapshot, LeavingPattern, Standing, XMark
from tests.demo.test_command import AS_OF
from touches.models import Task, Touch
from webforms.models import Form, FormDay
from webhooks.models import DeliveryState as HookState
from webhooks.models import Subscription, WebhookDelivery

# Without it, this file alone would be given the developer's own database.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def told(django_db_setup, django_db_blocker, tmp_path_factory):
    out = io.StringIO()
    folder = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), override_settings(VAR_DIR=folder), transaction.atomic():
        call_command("demo", customers=300, as_of=AS_OF, json=True, stdout=out)
        yield json.loads(out.getvalue())
        transaction.set_rollback(True)


def test_there_is_something_on_every_page(told):
    assert (told["filled"], told["customers"]) == (True, 300)
    assert Order.objects.exclude(source__in=["woo", "fair"]).count() == told["orders"]
    for model in (OrderLine, Standing, XMark, Touch, Task, Response, Enrolment, ApiToken):
        assert model.objects.exists(), model
    assert set(Standing.objects.values_list("lifecycle", flat=True)) == {
        "new", "active", "at_risk", "lapsed", "lost",
    }  # fmt: skip
    assert set("ABCD") <= set(Standing.objects.values_list("grade", flat=True))
    assert BaseSnapshot.objects.count() == 13
    assert Night.objects.get().state == "done"
    assert Delivery.objects.filter(state=DeliveryState.SENT).exists()


def test_inquiries_were_missed_answered_lost_and_spam():
    told = set(Inquiry.objects.values_list("is_answered", "contact_captured", "is_spam"))
    assert {(True, True, False), (False, True, False), (False, False, False), (True, False, False)} <= told
    assert any(is_spam for _answered, _captured, is_spam in told)
    assert set(Inquiry.objects.values_list("kind", flat=True)) == {"call", "form", "visit", "chat"}
    last = Inquiry.objects.latest("at")
    assert last.happened_on <= AS_OF
    assert last.happened_on - Inquiry.objects.earliest("at").happened_on < timedelta(days=366)


def test_an_inquiry_that_led_to_an_order_came_before_it_and_of_the_same_customer():
    led = Inquiry.objects.filter(order__isnull=False).select_related("order")
    assert led
    assert all(each.at < each.order.placed_at and each.customer_id == each.order.customer_id for each in led)


def test_the_site_has_a_form_with_its_consent_and_tells_visits():
    form = Form.objects.get()
    days = FormDay.objects.filter(form=form).values_list("taken", "spam")
    assert sum(taken for taken, _spam in days) > 5
    assert sum(spam for _taken, spam in days) > 0
    assert Consent.objects.filter(text_version=form.consent_text.version).exists()
    visits = {EventKind.PAGE_VIEWED, EventKind.PRODUCT_VIEWED, EventKind.CART_CHANGED, EventKind.SEARCHED}
    assert visits <= set(TimelineEvent.objects.values_list("kind", flat=True))


def test_the_shop_sent_orders_one_forged_and_one_that_went_in_later():
    assert set(Connection.objects.values_list("platform", flat=True)) == {"woocommerce", "commerceml", "mango"}
    messages = InboundMessage.objects.filter(connection__platform="woocommerce").order_by("received_at")
    states = [message.state for message in messages]
    assert (states.count("refused"), states.count("processed")) == (1, len(states) - 1)
    retried = [each for each in messages if each.processed_at - each.received_at > timedelta(hours=1)]
    assert [Order.objects.get(pk=each.order_ids[0]).currency for each in retried] == ["KZT"]


def test_the_telephony_told_of_calls_one_forged_and_a_call_back():
    messages = InboundMessage.objects.filter(connection__platform="mango")
    states = list(messages.values_list("state", flat=True))
    assert (states.count("refused"), states.count("processed")) == (1, len(CALLS) - 1)
    told = Inquiry.objects.filter(external_id__in=[str(FIRST_ENTRY + number) for number in range(len(CALLS))])
    assert told.filter(is_answered=True, answered_by__role="farmer", customer__isnull=False).exists()
    assert told.filter(channel__code="yandex_direct", is_answered=False).count() == 2
    assert OutgoingCall.objects.get(external_id=str(FIRST_ENTRY + 7)).by.role == "farmer"


def test_a_file_was_tried_and_brought_in_and_two_rows_refused(told):
    trial, done = ImportJob.objects.order_by("pk")
    assert [trial.is_dry_run, done.is_dry_run] == [True, False]
    assert {(job.state, job.report["refused"]) for job in (trial, done)} == {("done", 2)}
    assert Order.objects.filter(source="fair").count() == done.report["created"] > 10
    assert SavedMapping.objects.get().mapping == done.mapping


def test_doubles_were_found_and_two_pairs_merged_with_a_way_back():
    assert DuplicatePolicy.objects.get().merge_from is None
    assert DuplicateCandidate.objects.filter(state=CandidateState.OPEN).exists()
    merges = ChangeSet.objects.filter(kind=ChangeKind.MERGE)
    assert [(made.by.role, hasattr(made, "undone_by")) for made in merges] == [("manager", False)] * 2


def test_consents_name_their_words_and_nobody_is_written_to_after_a_withdrawal():
    versions = set(Consent.objects.filter(action="granted").values_list("text_version", flat=True))
    assert versions <= set(ConsentText.objects.values_list("version", flat=True))
    assert len(versions) > 2
    withdrawn = Consent.objects.filter(action="withdrawn")
    assert withdrawn
    for each in withdrawn:
        sent = Delivery.objects.filter(customer=each.customer_id, state=DeliveryState.SENT, sent_at__gt=each.at)
        assert not sent.exists()


def test_contacts_bounced_went_dead_and_are_on_messengers():
    assert {"bounced", "unreachable"} <= set(ContactPoint.objects.values_list("status", flat=True))
    assert {"telegram", "whatsapp"} <= set(ContactPoint.objects.values_list("channel", flat=True))
    assert TimelineEvent.objects.filter(kind=EventKind.MESSAGE_BOUNCED).exists()


def test_one_evening_of_reading_is_unusual_and_the_days_before_are_not():
    yesterday = AS_OF - timedelta(days=1)
    unusual = [day for day in reading_days(first=yesterday, last=yesterday) if day.why]
    assert [day.person.email.partition("@")[0] for day in unusual] == ["farmer4"]
    assert {Why.SWEEP, Why.LATE} <= set(unusual[0].why)
    before = reading_days(first=AS_OF - timedelta(days=8), last=AS_OF - timedelta(days=2))
    assert not [day for day in before if day.why]
    assert AccessEntry.objects.get(kind=AccessKind.EXPORT).mark


def test_customers_changed_hands_and_people_stand_in_the_journal():
    made = ChangeSet.objects.filter(kind=ChangeKind.HANDOVER)
    assert len(made) == 3
    assert all(each.data["customers"] > 1 for each in made)
    # Long enough ago to see whether those who were handed on leave more often.
    assert LeavingPattern.objects.get(code="new_owner").exposed
    changes = Change.objects.filter(customer_id__isnull=False, change_set=None)
    assert not changes.filter(actor=None).exists()
    assert len(set(changes.values_list("actor", flat=True))) > 2
    assert {"name", "city"} <= {column for change in changes for column in change.after or ()}


def test_the_subscription_is_off_and_shows_every_state():
    assert not Subscription.objects.get().is_active
    states = set(WebhookDelivery.objects.values_list("state", flat=True))
    assert states == {HookState.DUE, HookState.FAILED, HookState.GIVEN_UP, HookState.DELIVERED}


def test_nothing_is_left_to_compute_and_nobody_is_from_the_future():
    assert not StaleMark.objects.exists()
    assert not Order.objects.filter(placed_on__gte=AS_OF).exists()
    assert not Customer.objects.filter(created_at__date__gt=AS_OF).exists()
