"""What is drawn or written once instead of anew: the same as Django's own, in each language and for each row."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.core.handlers.wsgi import WSGIHandler
from django.db.models import OuterRef, Subquery
from django.forms.renderers import DjangoTemplates
from django.template import Context, engines
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from core.forms import FieldRenderer
from core.frozen import Frozen
from core.html import escaped, filled
from core.navigation import menu_for
from core.roles import Role
from core.templatetags import constant
from customers.models import ContactPoint, Customer
from dashboard.links import customers_where
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory


def drawn(text: str, **context: Any) -> str:
    return engines["django"].engine.from_string(text).render(Context(context))


def test_a_text_is_told_in_the_language_of_each_reader() -> None:
    page = engines["django"].engine.from_string(
        "{% translate 'Customers' %}|{% translate 'Write' context 'button' as word %}{{ word }}"
    )
    with override("ru"):
        assert page.render(Context()) == "Клиенты|Написать"
    with override("en"):
        assert page.render(Context()) == "Customers|Write"
    with override("ru"):
        assert page.render(Context()) == "Клиенты|Написать"


def test_a_text_that_is_not_written_out_is_looked_up_each_time() -> None:
    page = engines["django"].engine.from_string("{% translate word %}|{% translate 'Customers'|upper %}")
    with override("en"):
        assert page.render(Context({"word": "Customers"})) == "Customers|CUSTOMERS"
        assert page.render(Context({"word": "<b>"})) == "&lt;b&gt;|CUSTOMERS"


@pytest.mark.parametrize("pk", [7, 12_345, 8])
def test_the_address_of_each_row_is_its_own(pk: int) -> None:
    told = drawn("{% url 'customer_card' pk %}|{% url 'customer_card' pk as here %}{{ here }}", pk=pk)
    assert told == "|".join([reverse("customer_card", args=[pk])] * 2)


def test_other_addresses_are_those_of_django() -> None:
    told = drawn(
        "{% url 'customer_list' %} {% url 'definition' code %} {% url name pk=3 %}", code="cac", name="channel"
    )
    assert told == f"{reverse('customer_list')} {reverse('definition', args=['cac'])} {reverse('channel', args=[3])}"
    # A number as text is no number: the converter of the address judges it.
    assert drawn("{% url 'customer_card' pk %}", pk="3") == reverse("customer_card", args=["3"])
    assert drawn("{% url 'customer_card' pk as none %}[{{ none }}]", pk=-3) == "[]"
    assert drawn("{% url 'no-such-page' as none %}[{{ none }}]") == "[]"
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'no-such-page' %}")


@pytest.mark.django_db
def test_the_path_that_one_request_names_is_nobody_elses() -> None:
    """Gunicorn takes it from a header of whoever speaks to it from this machine."""
    request = RequestFactory().get("/here/healthz", headers={"host": "localhost"}, SCRIPT_NAME="/elsewhere")
    WSGIHandler()(request.environ, lambda *_args: None)
    constant._address.cache_clear()
    assert drawn("{% url 'customer_list' %}") == "/customers/"


@pytest.mark.parametrize("code", ["seo & ads", "реклама", "a+b/ё%"])
def test_a_tree_comes_out_of_the_address_as_it_went_in(code: str) -> None:
    address = urlsplit(customers_where({"all": [{"field": "channel", "op": "in", "value": [code]}]}))
    assert address.path == reverse("customer_list")
    assert parse_qs(address.query) == {
        "where": ['{"all":[{"field":"channel","op":"in","value":["' + code + '"]}]}'],
    }


@pytest.mark.django_db
def test_a_frozen_subquery_is_written_once_and_answers_for_each_row() -> None:
    built: list[int] = []

    def newest() -> Subquery:
        built.append(1)
        points = ContactPoint.objects.filter(customer=OuterRef("pk")).order_by("-pk")
        return Subquery(points.values("value")[:1])

    customers = [CustomerFactory(), CustomerFactory()]
    points = [ContactPointFactory(customer=customer).value for customer in customers]
    frozen = Frozen(newest)
    for customer, value in zip(customers, points, strict=True):
        assert Customer.objects.annotate(newest=frozen).get(pk=customer.pk).newest == value
    count = len(built)
    assert list(Customer.objects.annotate(newest=frozen).order_by("pk").values_list("newest", flat=True)) == points
    assert len(built) == count


@pytest.mark.django_db
def test_a_menu_is_that_of_its_reader() -> None:
    """Menus are kept by role and language: nobody may get another's."""
    with override("en"):
        boss = [link.label for group in menu_for(ManagerFactory(), "/") for link in group.links]
        farmer = [link.label for group in menu_for(UserFactory(role=Role.FARMER), "/") for link in group.links]
        here = [
            link.url for group in menu_for(ManagerFactory(), "/customers/") for link in group.links if link.is_current
        ]
    with override("ru"):
        russian = [link.label for group in menu_for(ManagerFactory(), "/") for link in group.links]
    assert "Grading rules" in boss
    assert "Grading rules" not in farmer
    assert here == [reverse("customer_list")]
    assert "Клиенты" in russian


@pytest.mark.django_db
def test_the_main_menu_is_drawn_for_its_reader_and_page() -> None:
    """It is kept by role, language and current page."""

    def shown(user: Any, path: str) -> str:
        request = RequestFactory().get(path)
        request.user = user
        return drawn("{% menu_groups %}", request=request)

    boss, farmer = ManagerFactory(), UserFactory(role=Role.FARMER)
    with override("en"):
        assert "Grading rules" in shown(boss, "/")
        assert "Grading rules" not in shown(farmer, "/")
        assert "aria-current" not in shown(boss, "/")
        assert f'<a href="{reverse("customer_list")}" aria-current="page"' in shown(boss, "/customers/5/")
        assert f'<a href="{reverse("worklist")}" aria-current="page"' in shown(boss, reverse("worklist"))
    with override("ru"):
        assert "Клиенты" in shown(boss, "/")


@pytest.mark.parametrize("value", ["<b> & 'c' \"d\"", SafeString("<b>"), 1200, 1.5, None, gettext_lazy("Customers")])
def test_html_is_escaped_as_django_does(value: Any) -> None:
    for language in ("en", "ru"):
        with override(language):
            assert escaped(value) == conditional_escape(value)
            assert filled("<i>{}</i>{}", value, value) == format_html("<i>{}</i>{}", value, value)
            assert isinstance(filled("{}", value), SafeString)


class Choices(forms.Form):
    nested = forms.ChoiceField(
        choices=[("", "---"), ("<x>", 'y "&"'), ("Group <1>", [("1", gettext_lazy("Customers")), (2000, "two")])],
        widget=forms.Select(attrs={"disabled": True, "hidden": False, "data-n": 1200, "title": '"<t>"'}),
    )
    many = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], required=False)
    none = forms.ChoiceField(choices=[], required=False)
    maybe = forms.NullBooleanField()


@pytest.mark.parametrize("data", [None, {"nested": "2000", "many": ["a", "b"], "maybe": "true"}, {"nested": "<x>"}])
def test_a_select_is_that_of_django(data: dict[str, Any] | None) -> None:
    for language in ("en", "ru"):
        with override(language):
            fields = [
                [str(field) for field in Choices(data, renderer=renderer)]
                for renderer in (DjangoTemplates(), FieldRenderer())
            ]
            assert fields[0] == fields[1]
