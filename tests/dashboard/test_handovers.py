"""The page of portfolios and hand-overs."""

import pytest
from django.urls import reverse

from customers.models import Customer
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.dashboard import buyer

pytestmark = pytest.mark.django_db


def test_the_portfolio_of_somebody_who_has_left_comes_first_and_is_handed_over_whole(client):
    left, stays = UserFactory(is_active=False), UserFactory()
    gone = [buyer(owner=left), buyer(owner=left)]
    buyer(owner=stays)
    client.force_login(ManagerFactory())
    context = client.get(reverse("handovers")).context
    assert [row.person for row in context["portfolios"]] == [left, stays]
    assert context["left_behind"] == 2
    told = {"owner": left.pk, "count": "2", "new_owner": stays.pk}
    assert client.post(reverse("customer_assign"), told).url == reverse("handovers")
    assert Customer.objects.filter(owner=stays).count() == 3
    row = client.get(reverse("handovers")).context["handovers"][0]
    assert (row.to, row.made.data["customers"]) == (stays, 2)
    client.post(reverse("handover_undo", args=[row.made.pk]))
    assert set(Customer.objects.filter(owner=left)) == set(gone)
    page = client.get(reverse("handovers"))
    assert page.context["handovers"][0].undone
    assert reverse("handover_undo", args=[row.made.pk]) not in page.content.decode()


def test_the_page_asks_the_same_number_of_queries_however_many_there_are(client, django_assert_max_num_queries):
    client.force_login(ManagerFactory())
    for _ in range(6):
        buyer(owner=UserFactory())
    with django_assert_max_num_queries(11):
        client.get(reverse("handovers"))
