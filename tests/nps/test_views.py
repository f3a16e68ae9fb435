"""The public questions and the results page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.middleware import LANGUAGE_COOKIE
from core.roles import Role
from nps.links import answer_token
from nps.models import Response
from segmentation.models import BaseSnapshot
from tests.factories.core import UserFactory
from tests.factories.nps import InvitationFactory, ResponseFactory
from touches.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def address(invitation):
    return reverse("nps_answer", args=[answer_token(invitation.pk)])


@pytest.fixture
def invitation(noon):
    return InvitationFactory(created_at=noon - timedelta(days=1), order__customer__language="en")


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_preselects_and_changes_nothing(client, invitation, method):
    response = getattr(client, method)(address(invitation) + "?score=9")
    assert response.status_code == 200
    assert not Response.objects.exists()
    if method == "get":
        assert 'value="9" checked' in response.content.decode()


@pytest.mark.parametrize(("company", "is_told"), [("Ferma", False), ("Zerno", True)])
def test_the_page_names_the_company_and_never_the_product(client, settings, invitation, company, is_told):
    settings.COMPANY_NAME = company
    page = client.get(address(invitation)).content.decode()
    assert "Ferma" not in page
    assert ("Zerno" in page) == is_told


@pytest.mark.parametrize("score", ["11", "-1", "x", "9 ", "٣", ""])
def test_a_nonsense_score_in_the_link_preselects_nothing(client, invitation, score):
    assert " checked" not in client.get(address(invitation), {"score": score}).content.decode()


def test_an_answer_is_recorded_without_log_in_cookie_or_script_and_thanked_for(invitation):
    client = Client(enforce_csrf_checks=True)
    response = client.post(address(invitation), {"score": "10", "comment": "Good"}, follow=True)
    assert "Thank you!" in response.content.decode()
    assert (Response.objects.get().score, Response.objects.get().comment) == (10, "Good")


def test_an_answer_may_be_changed_by_the_same_link(client, invitation):
    client.post(address(invitation), {"score": "10"})
    page = client.get(address(invitation)).content.decode()
    assert "Change your answer" in page
    assert 'value="10" checked' in page
    client.post(address(invitation), {"score": "4"})
    assert Response.objects.get().score == 4
    assert Task.objects.count() == 1


def test_after_a_week_the_answer_stands(client, invitation, noon):
    ResponseFactory(invitation=invitation, answered_at=noon - timedelta(days=8), score=9)
    assert "You have answered already" in client.get(address(invitation)).content.decode()
    assert "You have answered already" in client.post(address(invitation), {"score": "1"}).content.decode()
    assert Response.objects.get().score == 9


@pytest.mark.parametrize("data", [{}, {"score": "11"}, {"score": "ten"}, {"score": "5", "comment": "x" * 5001}])
def test_a_bad_answer_is_explained_and_nothing_is_recorded(client, invitation, data):
    response = client.post(address(invitation), data)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize("token", ["1", "1.x", "x.y", "💥", "1.2.3", "999999999999999999999.x"])
def test_a_forged_link_leads_nowhere(client, invitation, token):
    response = client.get(reverse("nps_answer", args=[token]))
    assert response.status_code == 404
    assert "This link does not work" in response.content.decode() or "Ссылка" in response.content.decode()


def test_the_signature_of_one_invitation_does_not_open_another(client, invitation):
    other = InvitationFactory()
    signature = answer_token(invitation.pk).partition(".")[2]
    assert client.get(reverse("nps_answer", args=[f"{other.pk}.{signature}"])).status_code == 404


def test_the_link_is_closed_after_sixty_days(client, noon):
    old = InvitationFactory(created_at=noon - timedelta(days=61))
    assert client.get(address(old)).status_code == 410
    assert client.post(address(old), {"score": "9"}).status_code == 410
    assert not Response.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("ru", "Два вопроса"), ("en", "Two questions")])
def test_the_customer_is_asked_in_their_own_language(client, noon, language, words):
    invitation = InvitationFactory(created_at=noon, order__customer__language=language)
    page = client.get(address(invitation))
    assert words in page.content.decode()
    assert f'<html lang="{language}"' in page.content.decode()
    client.cookies[LANGUAGE_COOKIE] = "ru"
    assert "Два вопроса" in client.get(address(invitation)).content.decode()


def test_the_address_goes_nowhere_and_is_not_indexed(client, invitation):
    page = client.get(address(invitation))
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]


def test_a_hostile_comment_is_shown_as_text(client, invitation, manager):
    client.post(address(invitation), {"score": "1", "comment": "<script>alert(1)</script>{{ 7|add:7 }}"})
    client.force_login(manager)
    for name in ("nps_results", "nps_answers"):
        page = client.get(reverse(name)).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


def responses(noon, scores, **more):
    for score in scores:
        ResponseFactory(score=score, answered_at=noon - timedelta(days=3), **more)


def test_the_score_stands_first_with_its_interval_and_every_number_opens_its_rows(client, manager, noon):
    responses(noon, [10, 10, 9, 8, 3], grade="A")
    client.force_login(manager)
    page = client.get(reverse("nps_results"))
    text = page.content.decode()
    assert page.context["results"].total.score == pytest.approx(40)
    assert "± " in text
    assert "?month=2026-03&amp;kind=detractor" in text or "?month=2026-03&kind=detractor" in text
    for query, count in (("month=2026-03", 5), ("grade=A&kind=promoter", 3), ("kind=detractor", 1), ("grade=B", 0)):
        assert client.get(f"/nps/answers/?{query}").context["page"].paginator.count == count


def test_a_small_base_narrows_the_interval(client, manager, noon):
    responses(noon, [10, 10, 3, 3])
    client.force_login(manager)
    wide = client.get("/nps/").context["results"].total.margin
    BaseSnapshot.objects.create(on=noon.date(), buyers=8, predicted_12=0, predicted_36=0, realised=0, value_at_risk=0)
    assert client.get("/nps/").context["results"].total.margin == pytest.approx(wide * (4 / 7) ** 0.5)


def test_the_response_rate_counts_our_own_invitations_only(client, manager, noon):
    ResponseFactory(invitation__created_at=noon, answered_at=noon)
    InvitationFactory(created_at=noon)
    ResponseFactory(invitation__created_at=noon, invitation__source="call_centre", answered_at=noon)
    client.force_login(manager)
    results = client.get("/nps/").context["results"]
    assert (results.invited, results.answered, results.response_rate) == (2, 1, 0.5)
    assert results.total.answers == 2


def test_without_answers_the_page_says_how_they_come(client, manager):
    client.force_login(manager)
    assert "No answers yet" in client.get("/nps/").content.decode()
    assert "No such answers" in client.get("/nps/answers/").content.decode()


def test_a_farmer_sees_own_customers_and_the_pools_answers_only(client, farmer, noon):
    mine = ResponseFactory(invitation__order__customer__owner=farmer, answered_at=noon, comment="mine")
    ResponseFactory(invitation__order__customer__owner=UserFactory(), answered_at=noon, comment="foreign")
    client.force_login(farmer)
    assert client.get("/nps/").context["results"].total.answers == 1
    rows = client.get("/nps/answers/").context["page"].object_list
    assert [row.pk for row in rows] == [mine.pk]


@pytest.mark.parametrize("name", ["nps_results", "nps_answers"])
def test_the_results_are_closed_to_strangers_and_integrations(client, name):
    assert client.get(reverse(name)).status_code == 302
    client.force_login(UserFactory(role=Role.INTEGRATION))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("query", ["month=2026", "month=13", "grade=ZZ", "kind=x", "page=x", "page=9999"])
def test_nonsense_in_the_address_of_the_list_narrows_nothing(client, manager, noon, query):
    responses(noon, [9])
    client.force_login(manager)
    assert client.get(f"/nps/answers/?{query}").context["page"].paginator.count == 1


def test_the_number_of_queries_of_the_results_is_constant_and_at_most_eight(
    client, manager, noon, django_assert_max_num_queries
):
    client.force_login(manager)
    counts = []
    for more in (1, 4):
        responses(noon, [3] * more)
        with django_assert_max_num_queries(8) as captured:
            client.get("/nps/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
