"""The reasons and competitors that people choose from."""

import pytest
from django.urls import reverse
from django.utils import translation

from core.errors import Conflict, InvalidInput, NotFound
from market.actions import add_competitor, add_reason, change_competitor, change_reason, move_reason
from market.models import Competitor, LeavingReason
from market.queries import reasons_in_use
from tests.factories.core import ManagerFactory
from tests.factories.market import reason

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def manager(client):
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


def test_a_reason_is_added_moved_reworded_and_taken_out_of_use(client, manager):
    client.post(reverse("leaving_reasons"), {"name": "Новый управляющий"})
    added = LeavingReason.objects.get(code="novyi_upravlyayuschii")
    before = added.position
    client.post(reverse("leaving_reason_move", args=[added.pk]), {"up": "1"})
    added.refresh_from_db()
    assert added.position == before - 1
    prefix = f"reason{added.pk}"
    client.post(reverse("leaving_reason", args=[added.pk]), {f"{prefix}-name": "New boss"})
    added.refresh_from_db()
    assert (str(added), added.is_active) == ("New boss", False)
    assert "New boss" in client.get(reverse("leaving_reasons")).content.decode()


def test_the_reasons_stand_in_the_order_in_which_they_are_offered(client, manager):
    move_reason(reason_id=LeavingReason.objects.last().pk, up=True)
    shown = client.get(reverse("leaving_reasons")).context["rows"]
    assert [each.pk for each in shown] == [each.pk for each in reasons_in_use()]


def test_a_name_that_comes_with_the_program_stays_translated_until_it_is_changed():
    price = reason()
    assert (change_reason(reason_id=price.pk, name="Price", is_active=True).name, str(price)) == ("", "Price")
    assert change_reason(reason_id=price.pk, name="Too dear", is_active=True).name == "Too dear"


def test_the_same_reason_twice_and_the_last_one_in_use_are_refused(client, manager):
    with pytest.raises(Conflict):
        add_reason(name=" price ")
    assert client.post(reverse("leaving_reasons"), {"name": "Price"}).status_code == 422
    with pytest.raises(InvalidInput):
        add_reason(name="  ")
    with pytest.raises(NotFound):
        move_reason(reason_id=0, up=True)
    LeavingReason.objects.exclude(code="price").update(is_active=False)
    with pytest.raises(Conflict):
        change_reason(reason_id=reason().pk, name="Price", is_active=False)


def test_competitors_are_one_of_a_name_in_any_case(client, manager):
    client.post(reverse("competitors"), {"name": "The  Others", "website": "others.example"})
    found = Competitor.objects.get()
    assert (found.name, found.website) == ("The Others", "https://others.example")
    with pytest.raises(Conflict):
        add_competitor(name="the others")
    assert client.post(reverse("competitors"), {"name": "THE OTHERS"}).status_code == 422
    assert client.post(reverse("competitors"), {"name": "x", "website": "javascript:alert(1)"}).status_code == 422
    change_competitor(competitor_id=found.pk, name="Others", website="", note="8% cheaper", is_active=False)
    page = client.get(reverse("competitors")).content.decode()
    assert "8% cheaper" in page
    assert "out of use" in page
    with pytest.raises(NotFound):
        change_competitor(competitor_id=0, name="x", website="", note="", is_active=True)
