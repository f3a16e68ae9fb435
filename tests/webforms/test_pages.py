"""Pages of sites and forms."""

import pytest
from django.test import Client
from django.urls import reverse

from acquisition.models import Inquiry
from core.roles import Role
from customers.models import ConsentText
from tests.factories.acquisition import ChannelFactory
from tests.factories.core import UserFactory
from tests.factories.webforms import FormFactory, SiteFactory
from webforms.models import Form, Site

pytestmark = pytest.mark.django_db
SITE = {"name": "Shop", "origins": "https://Shop.test/\nhttps://www.shop.test", "is_active": "on"}
FORM = {"name": "Call back", "fields_shown": ["phone", "name"], "consent": "I agree", "is_active": "on"}


@pytest.fixture
def marketer(client: Client):
    user = UserFactory(role=Role.MARKETER, language="en")
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER])
def test_those_who_sell_do_not_open_them(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("site_list")).status_code == 403
    assert client.post(reverse("site_new"), SITE).status_code == 403


def test_a_site_is_made_and_changed(client, marketer):
    client.post(reverse("site_new"), SITE)
    site = Site.objects.get()
    assert (site.origins, site.reports_visits) == (["https://shop.test", "https://www.shop.test"], False)
    key = site.key
    client.post(reverse("site_edit", args=[site.pk]), SITE | {"reports_visits": "on", "origins": "https://new.test"})
    site.refresh_from_db()
    assert (site.origins, site.reports_visits, site.key) == (["https://new.test"], True, key)
    assert key in client.get(reverse("site_page", args=[site.pk])).content.decode()


@pytest.mark.parametrize("origins", ["", "shop.test", "https://a.test\nftp://b.test", "https://*.test", "a\n" * 3])
def test_a_site_needs_addresses(client, marketer, origins):
    assert client.post(reverse("site_new"), SITE | {"origins": origins}).status_code == 422
    assert not Site.objects.exists()


def test_a_site_has_twenty_addresses_at_most(client, marketer):
    origins = "\n".join(f"https://s{n}.test" for n in range(21))
    assert client.post(reverse("site_new"), SITE | {"origins": origins}).status_code == 400


def test_a_form_is_made_and_other_words_of_consent_are_a_new_version(client, marketer):
    ChannelFactory(code="site")
    site = SiteFactory()
    client.post(
        reverse("form_new", args=[site.pk]), FORM | {"channel_code": "site", "fields_required": ["name", "email"]}
    )
    form = Form.objects.get()
    assert (form.fields, form.required, form.channel_code) == (["name", "phone"], ["name"], "site")
    first, code = form.consent_text, form.code
    edit = reverse("form_edit", args=[form.pk])
    client.post(edit, FORM)
    form.refresh_from_db()
    assert (form.consent_text, form.code, form.channel_code) == (first, code, "")
    client.post(edit, FORM | {"consent": "I agree to everything"})
    form.refresh_from_db()
    assert form.consent_text != first
    assert [text.body for text in ConsentText.objects.order_by("pk")] == ["I agree", "I agree to everything"]
    client.post(edit, FORM | {"consent": ""})
    form.refresh_from_db()
    assert form.consent_text is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"fields_shown": ["name"]}, "fields_shown"),
        ({"fields_shown": ["password"]}, "fields_shown"),
        ({"name": ""}, "name"),
        ({"redirect_ru": "javascript:alert(1)"}, "redirect_ru"),
        ({"privacy_url": "javascript:alert(1)"}, "privacy_url"),
        ({"channel_code": "unknown"}, "channel_code"),
    ],
)
def test_a_form_that_cannot_work_is_refused_at_the_field(client, marketer, wrong, field):
    answer = client.post(reverse("form_new", args=[SiteFactory().pk]), FORM | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_the_page_of_a_form_shows_what_to_paste_and_what_was_sent_harmlessly(client, marketer):
    form = FormFactory()
    Inquiry.objects.create(
        source=form.source,
        kind="form",
        at="2026-11-20T12:00Z",
        happened_on="2026-11-20",
        name="<script>alert(1)</script>",
        phone="+79123456789",
        note="</td><img src=x>",
        is_spam=True,
    )
    page = client.get(reverse("form_page_of", args=[form.pk])).content.decode()
    assert f"data-ferma-form=&quot;{form.code}&quot;" in page or f'data-ferma-form="{form.code}"' in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "+79123456789" not in page


def test_the_list_takes_as_many_queries_for_many_as_for_one(client, marketer, django_assert_max_num_queries):
    FormFactory()
    client.get(reverse("site_list"))
    for _more in range(3):
        FormFactory()
    with django_assert_max_num_queries(8):
        client.get(reverse("site_list"))
