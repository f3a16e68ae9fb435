"""A farmer who looks for the customers of others: by every page, filter, search and fragment there is."""

from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.formats import phone_text
from core.models import User
from core.roles import Role
from customers.models import AccessEntry, AccessLimit, ContactPoint, Customer
from dashboard.queries.exports import LISTINGS
from tests.factories.company import FOREIGN_PHONE, SECRET, Company, company
from tests.factories.core import UserFactory
from tests.factories.touches import TouchFactory
from touches.models import Task, TaskState, Touch

pytestmark = pytest.mark.django_db
SCOPED = (Role.FARMER, Role.HUNTER)


@pytest.fixture
def firm() -> Company:
    return company()


def as_person(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ways_in(firm: Company) -> list[str]:
    """Addresses that ask for the foreign customer by everything that could name it."""
    customer = firm.foreign.customer
    order = customer.orders.get()
    words = [
        SECRET,
        FOREIGN_PHONE,
        "9039998877",
        "8 903 999",
        "903999",
        order.external_id,
        order.number,
        customer.contact_points.get(channel="email").value,
        f"CODE{SECRET}",
        str(customer.pk),
        "%",
        "e",
    ]
    stranger = customer.owner_id
    asked = [f"{reverse(page)}?q={word}" for page in ("customer_list", "customer_suggestions") for word in words]
    asked += [
        f"{reverse('customer_list')}?{query}"
        for query in (
            f"owner={stranger}",
            "owner=pool",
            "owner=me",
            "grade=A",
            "grade=none",
            "grade=X",
            "stage=at_risk",
            "channel=ads",
            "kind=person",
            "risk=1",
            "ordered_from=2020-01-01",
            "sort=name",
            "sort=-realised",
            "sort=added",
            "page=2",
            f"owner={stranger}&q={SECRET}",
            "method=mbg_nbd",
            "won_month=2026-11",
        )
    ]
    asked += [
        f"{reverse('worklist')}?owner={stranger}",
        f"{reverse('worklist')}?kind=manual",
        f"{reverse('worklist')}?grade=A&after=999.000000:0",
        f"{reverse('done_today')}?owner={stranger}",
        reverse("worklist"),
        reverse("done_today"),
        reverse("promises"),
        f"{reverse('promises')}?owner={stranger}",
        reverse("duplicates"),
        f"{reverse('customer_merge', args=[firm.pool.ids['customer']])}?q={SECRET}",
        f"{reverse('customer_merge', args=[firm.pool.ids['customer']])}?q={FOREIGN_PHONE}",
        *(reverse("export", args=[what]) for what in ("customers", "orders", "answers")),
        reverse("nps_results"),
        reverse("nps_answers"),
        f"{reverse('nps_answers')}?kind=detractor",
        reverse("customer_new"),
        "/",
    ]
    return asked


@pytest.mark.parametrize("role", SCOPED)
def test_no_page_shows_a_foreign_customer(firm, role):
    client = as_person(firm.people[role])
    # The text that was searched for is shown again; what counts is what comes with it.
    marks = [
        f"/customers/{firm.foreign.customer.pk}/",
        f"{SECRET} city",
        f"{SECRET} comment",
        f"{SECRET} task",
        f"{SECRET} talk",
        f"{SECRET} goods",
        f"{SECRET} too",
        FOREIGN_PHONE,
    ]
    for address in ways_in(firm):
        for headers in ({}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": "more"}):
            shown = client.get(address, headers=headers, follow=True).content.decode()
            found = [mark for mark in marks if mark in shown and mark not in address]
            assert not found, address


@pytest.mark.parametrize("role", SCOPED)
def test_counts_leave_foreign_customers_out(firm, role):
    client = as_person(firm.people[role])
    everything = client.get(reverse("customer_list")).context["page"].total
    assert everything == Customer.objects.for_user(firm.people[role]).count() == 2
    assert client.get(reverse("customer_list") + f"?q={SECRET}").context["page"].total == 0
    assert client.get(reverse("nps_results")).context["results"].total.answers == 2
    assert client.get(reverse("worklist")).context["day"].everything == 2


LISTS = ("customers", "orders", "answers")


def exported(client: Client, what: str, query: str = "") -> str:
    """The file with every column, contacts too."""
    columns = [column.key for column in LISTINGS[what].columns if not column.is_contact]
    data = {"columns": columns, "contacts": "on", "format": "csv", "reason": "A test of what leaves"}
    response = client.post(f"{reverse('export', args=[what])}?{query}", data)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("role", SCOPED)
def test_no_file_holds_a_foreign_customer(firm, role, what):
    AccessLimit.objects.all().delete()
    client = as_person(firm.people[role])
    stranger = firm.foreign.customer.owner_id
    name = firm.own[role].customer.name
    assert name in exported(client, what)
    for query in (
        "",
        f"q={SECRET}",
        f"q={FOREIGN_PHONE[1:]}",
        f"owner={stranger}",
        "owner=pool",
        "grade=A",
        "stage=at_risk",
        "risk=1",
        "placed_from=2020-01-01",
        "kind=detractor",
        f"owner={stranger}&id={firm.foreign.customer.pk}",
    ):
        found = exported(client, what, query)
        assert SECRET not in found, query
        assert FOREIGN_PHONE[1:] not in found, query
    entries = AccessEntry.objects.filter(kind="export", by=firm.people[role])
    assert max(entries.values_list("customers", flat=True)) == 2


def test_the_file_of_a_manager_holds_what_the_farmers_does_not(firm):
    # Or the test above would prove nothing.
    client = as_person(firm.people[Role.MANAGER])
    for what in LISTS:
        found = exported(client, what)
        assert SECRET in found
        assert FOREIGN_PHONE[1:] in found


@pytest.mark.parametrize("role", SCOPED)
def test_no_contact_of_a_foreign_customer_can_be_opened(firm, role):
    client = as_person(firm.people[role])
    for point in firm.foreign.customer.contact_points.all():
        for headers in ({}, {"HX-Request": "true"}):
            response = client.post(reverse("contact_open", args=[point.pk]), headers=headers)
            assert response.status_code == 404
            assert point.value not in response.content.decode()
    assert not AccessEntry.objects.exists()


def test_no_list_nor_card_shows_an_address_that_was_not_opened(firm):
    """Whoever sees the whole base too: what is not open is not in the page."""
    client = as_person(firm.people[Role.ADMINISTRATOR])
    addresses = list(ContactPoint.objects.values_list("value", flat=True))
    shown_forms = [form for value in addresses for form in (value, value.removeprefix("+"), phone_text(value))]
    pages = [
        *ways_in(firm),
        *(reverse(name) for name in ("deliveries", "outbox", "reading", "reading_entries", "settings_changes")),
        *(
            reverse(tab, args=[firm.foreign.customer.pk])
            for tab in ("customer_card", "customer_orders", "customer_messages", "customer_history", "customer_changes")
        ),
    ]
    for address in pages:
        for headers in ({}, {"HX-Request": "true"}):
            shown = client.get(address, headers=headers, follow=True).content.decode()
            found = [form for form in shown_forms if form in shown and form not in unquote(address)]
            assert not found, address


def test_the_search_of_a_manager_finds_what_the_farmers_does_not(firm):
    # Or the tests above would prove nothing.
    client = as_person(firm.people[Role.MANAGER])
    for address in (
        f"{reverse('customer_list')}?q={firm.foreign.customer.orders.get().number}",
        f"{reverse('customer_suggestions')}?q={FOREIGN_PHONE[1:]}",
    ):
        assert f"/customers/{firm.foreign.customer.pk}/" in client.get(address).content.decode()


@pytest.mark.parametrize("role", SCOPED)
def test_nothing_of_a_foreign_customer_can_be_changed_through_an_own_one(firm, role):
    client = as_person(firm.people[role])
    own, foreign = firm.own[role], firm.foreign
    contact = foreign.customer.contact_points.get(channel="phone")
    body = {
        "channel": "call",
        "outcome": "wrong_contact",
        "tasks": [foreign.ids["task"]],
        "contact": contact.pk,
        "customer": foreign.customer.pk,
        "customer_id": foreign.customer.pk,
    }
    client.post(reverse("touch_log", args=[own.customer.pk]), body)
    client.post(
        reverse("customer_assign"), {"id": [foreign.customer.pk], "new_owner": firm.people[role].pk, "count": "1"}
    )
    client.post(reverse("customer_take", args=[foreign.customer.pk]))
    client.post(
        reverse("customer_edit", args=[own.customer.pk]), {"kind": "person", "name": "A", "owner": "1", "pk": "1"}
    )
    contact.refresh_from_db()
    foreign.customer.refresh_from_db()
    assert contact.status == "valid"
    assert foreign.customer.owner != firm.people[role]
    assert Task.objects.get(pk=foreign.ids["task"]).state == TaskState.OPEN
    assert not Touch.objects.filter(customer=foreign.customer, by=firm.people[role]).exists()


def test_a_customer_handed_over_is_out_of_reach_at_once(firm):
    farmer, customer = firm.people[Role.FARMER], firm.own[Role.FARMER].customer
    client = as_person(farmer)
    touch = TouchFactory(customer=customer, by=farmer, at=timezone.now())
    assert client.get(reverse("customer_card", args=[customer.pk])).status_code == 200
    Customer.objects.filter(pk=customer.pk).update(owner=UserFactory())

    assert client.get(reverse("customer_card", args=[customer.pk])).status_code == 404
    assert (
        client.post(reverse("task_close", args=[firm.own[Role.FARMER].ids["task"]]), {"state": "done"}).status_code
        == 404
    )
    assert client.post(reverse("touch_take_back", args=[touch.pk])).status_code == 404
    for page in ("worklist", "done_today", "customer_list", "nps_answers"):
        shown = client.get(reverse(page)).content.decode()
        assert f"/customers/{customer.pk}/" not in shown, page


def test_somebody_elses_saved_view_stays(firm):
    client = as_person(firm.people[Role.FARMER])
    view = firm.own[Role.HUNTER].ids["view"]
    client.post(reverse("customer_view_forget", args=[view]))
    assert firm.people[Role.HUNTER].saved_views.filter(pk=view).exists()
    assert "Own hunter view" not in client.get(reverse("customer_list")).content.decode()


def test_signed_links_do_not_open_what_they_do_not_name(firm):
    client = Client()
    token = firm.tokens["nps_answer"]
    number, signature = token.split(".", 1)
    forged = [f"{int(number) + 1}.{signature}", f"{number}.", number, token + "x", firm.tokens["unsubscribe"]]
    assert [client.post(f"/n/{each}/", {"score": "0"}).status_code for each in forged] == [404] * len(forged)
    customer, channel, delivery, signature = firm.tokens["unsubscribe"].split("-")
    forged = [
        f"{firm.foreign.customer.pk}-{channel}-{delivery}-{signature}",
        f"{customer}-s-{delivery}-{signature}",
        f"{customer}-{channel}-{delivery}-",
        token,
    ]
    assert [client.post(f"/u/{each}/").status_code for each in forged] == [404] * len(forged)
