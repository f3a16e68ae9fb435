"""Opening contacts one by one: what is shown, what is written down, where it ends."""

import json
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import Forbidden, InvalidInput
from core.formats import masked_text
from core.rules.masking import masked_within
from customers.actions import guard
from customers.actions.guard import LimitReached, open_contact, record_export
from customers.models import AccessEntry, AccessKind, AccessLimit, ContactPoint
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory

NOON = timezone.make_aware(datetime(2026, 3, 3, 12))
HTMX = {"HX-Request": "true"}


def phone_of(owner=None, value: str = "+79123456789") -> ContactPoint:
    return ContactPointFactory(customer=CustomerFactory(owner=owner), channel="phone", value=value)


def limit(role: str, kind: str, per_day: int) -> None:
    AccessLimit.objects.update_or_create(role=role, kind=kind, defaults={"per_day": per_day})


@pytest.mark.parametrize(
    ("address", "channel", "shown"),
    [
        ("+79123456789", "phone", "+7 912 ••• •• 89"),
        ("+16502530000", "phone", "+1 650 ••• ••00"),
        ("+4420703130", "phone", "+44 2•••••30"),
        ("+1234567", "phone", "+• ••••••"),
        ("anna@shop.ru", "email", "a•••@shop.ru"),
        ("a@shop.ru", "email", "•••@shop.ru"),
        ("@anna", "telegram", "@a•••"),
        ("anna", "telegram", "a•••"),
        ("+79123456789", "whatsapp", "+7 912 ••• •• 89"),
        ("+79123456789", "", "+7 912 ••• •• 89"),
        ("anna@shop.ru", "", "a•••@shop.ru"),
    ],
)
def test_a_masked_address_can_be_recognised_and_not_used(address, channel, shown):
    assert masked_text(address, channel) == shown


def test_addresses_within_a_servers_answer_are_masked():
    text = "550 5.1.1 <anna.smirnova@shop.ru>: user unknown; sms to +79123456789 refused, code 250"
    assert masked_within(text) == "550 5.1.1 <a•••@shop.ru>: user unknown; sms to +7912•••••89 refused, code 250"


@pytest.mark.django_db
class TestOpening:
    def test_the_address_comes_in_place_of_its_mask_and_is_written_down(self, client: Client):
        farmer = UserFactory(language="en")
        point = phone_of(farmer)
        client.force_login(farmer)
        card = client.get(reverse("customer_card", args=[point.customer_id])).content.decode()
        assert "3456789" not in card
        assert "345-67-89" not in card
        headers = HTMX | {"User-Agent": "Firefox"}
        shown = client.post(reverse("contact_open", args=[point.pk]), headers=headers).content.decode()
        assert 'href="tel:+79123456789"' in shown
        assert "+7 912 345-67-89" in shown
        entry = AccessEntry.objects.get()
        assert (entry.by, entry.kind, entry.customer_id) == (farmer, "contact", point.customer_id)
        assert entry.detail == {"contact": point.pk, "channel": "phone", "own": True}
        assert (entry.ip, entry.agent) == ("127.0.0.1", "Firefox")

    def test_somebody_elses_contact_is_not_there(self, client: Client):
        point = phone_of(UserFactory())
        client.force_login(UserFactory())
        assert client.post(reverse("contact_open", args=[point.pk])).status_code == 404
        assert not AccessEntry.objects.exists()

    def test_looking_opens_nothing(self, client: Client):
        client.force_login(ManagerFactory())
        assert client.get(reverse("contact_open", args=[phone_of().pk])).status_code == 405

    def test_without_scripts_it_leads_back_to_the_card(self, client: Client):
        point = phone_of()
        client.force_login(ManagerFactory())
        response = client.post(reverse("contact_open", args=[point.pk]))
        assert response.url == reverse("customer_card", args=[point.customer_id])

    def test_at_the_limit_it_is_refused_in_words(self, client: Client):
        farmer = UserFactory(language="en")
        limit("farmer", "contact", 1)
        client.force_login(farmer)
        first, second = phone_of(farmer), phone_of(farmer, "+79123456700")
        client.post(reverse("contact_open", args=[first.pk]), headers=HTMX)
        refused = client.post(reverse("contact_open", args=[second.pk]), headers=HTMX)
        toast = json.loads(refused["HX-Trigger"])["toast"]
        assert (refused.status_code, refused.content, toast["level"]) == (204, b"", "error")
        assert "ask a manager to raise the limit" in toast["text"]
        page = client.post(reverse("contact_open", args=[second.pk]))
        assert page.status_code == 429
        assert "ask a manager to raise the limit" in page.content.decode()

    def test_the_same_contact_again_costs_nothing_and_is_written_down(self):
        farmer = UserFactory()
        limit("farmer", "contact", 1)
        point = phone_of(farmer)
        for hour in range(3):
            open_contact(by=farmer, point=point, at=NOON + timedelta(hours=hour))
        assert AccessEntry.objects.count() == 3

    def test_a_new_day_of_the_company_begins_anew(self):
        farmer = UserFactory()
        limit("farmer", "contact", 1)
        late = timezone.make_aware(datetime(2026, 3, 3, 23, 59))
        open_contact(by=farmer, point=phone_of(farmer), at=late)
        open_contact(by=farmer, point=phone_of(farmer, "+79123456700"), at=late + timedelta(minutes=2))
        with pytest.raises(LimitReached):
            open_contact(by=farmer, point=phone_of(farmer, "+79123456701"), at=late + timedelta(minutes=3))

    def test_a_role_without_a_limit_has_none_and_nought_means_never(self):
        manager = ManagerFactory()
        AccessLimit.objects.filter(role="manager").delete()
        for number in range(5):
            open_contact(by=manager, point=phone_of(value=f"+7912345670{number}"), at=NOON)
        limit("manager", "contact", 0)
        with pytest.raises(LimitReached):
            open_contact(by=manager, point=phone_of(value="+79123456709"), at=NOON)

    def test_an_administrator_cannot_give_limits_to_what_is_no_role(self):
        with pytest.raises(InvalidInput):
            guard.change_limits(limits={("nobody", "contact"): 5})

    @pytest.mark.parametrize(
        ("behind_tls", "forwarded", "ip"),
        [(True, "6.6.6.6, 10.1.1.1", "10.1.1.1"), (False, "6.6.6.6", "127.0.0.1"), (True, "nonsense", None)],
    )
    def test_a_proxys_word_counts_only_behind_a_proxy(self, client, settings, behind_tls, forwarded, ip):
        settings.BEHIND_TLS = behind_tls
        point = phone_of()
        client.force_login(ManagerFactory())
        client.post(reverse("contact_open", args=[point.pk]), headers=HTMX | {"X-Forwarded-For": forwarded})
        assert AccessEntry.objects.get().ip == ip


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_cannot_both_take_the_last_unit():
    farmer = UserFactory()
    limit("farmer", "contact", 3)
    points = [phone_of(farmer, f"+791234567{number:02d}") for number in range(8)]
    outcomes: list[str] = []
    together = threading.Barrier(len(points))

    def tab(point: ContactPoint) -> None:
        try:
            together.wait(5)
            open_contact(by=farmer, point=point, at=NOON)
            outcomes.append("open")
        except LimitReached:
            outcomes.append("refused")
        finally:
            connection.close()

    tabs = [threading.Thread(target=tab, args=[point]) for point in points]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert sorted(outcomes) == ["open"] * 3 + ["refused"] * 5
    assert AccessEntry.objects.count() == 3


@pytest.mark.django_db
class TestExports:
    def taken(self, by, customers: int = 10, reason: str = "Letters of thanks") -> AccessEntry:
        return record_export(by=by, what="customers", customers=customers, reason=reason, detail={}, at=NOON)

    def test_each_has_a_mark_of_its_own(self):
        by = ManagerFactory(may_export=True)
        marks = {self.taken(by).mark for _each in range(20)}
        assert len(marks) == 20
        assert all(len(mark) == guard.MARK_LENGTH for mark in marks)

    def test_without_the_right_nothing_leaves(self):
        with pytest.raises(Forbidden):
            self.taken(ManagerFactory())
        assert not AccessEntry.objects.exists()

    def test_without_a_reason_nothing_leaves(self):
        with pytest.raises(InvalidInput):
            self.taken(ManagerFactory(may_export=True), reason="  x ")

    def test_lists_of_one_day_add_up_to_the_limit(self):
        by = UserFactory(may_export=True)
        limit("farmer", "export", 25)
        self.taken(by, 10)
        self.taken(by, 15)
        with pytest.raises(LimitReached) as refused:
            self.taken(by, 1)
        assert "0" in str(refused.value)
        assert AccessEntry.objects.filter(kind=AccessKind.EXPORT).count() == 2
