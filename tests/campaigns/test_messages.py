"""What templates may say, and what they may not."""

import pytest

from campaigns.rules.liquid_text import TemplateFaultError, check, render
from campaigns.rules.message import Text, clean, render_email, render_sms, to_text
from campaigns.rules.names import first_name
from campaigns.rules.sms_parts import sms_parts
from campaigns.rules.variables import EXAMPLES, examples, plain

HOSTILE = {
    "first_name": '{{ company }}<script>alert(1)</script>" onload="x',
    "company": "Рога & Копыта",
    "promo_code": "BACK1",
    "unsubscribe_url": "https://crm.test/u/1/?a=1&b=2",
}
BODY = (
    '<style>p { color: red }</style><p onclick="x()">{{ first_name }} — {{ company }}</p>'
    '<table><tr><td>{{ promo_code }}</td></tr></table><a href="{{ unsubscribe_url }}">Отписаться</a>'
)
# The same with a condition, so that it takes the general way.
GENERAL = BODY + "{% if false %}x{% endif %}"


@pytest.mark.parametrize("body", [BODY, GENERAL], ids=["mould", "general"])
def test_a_hostile_value_stays_text_in_html_and_is_put_in_once(body):
    letter = render_email(Text("ru", "{{ first_name }}", body), HOSTILE)
    assert "<script>" not in letter.html
    assert "onclick" not in letter.html
    assert "{{ company }}&lt;script&gt;" in letter.html
    assert '<p style="color: red;">' in letter.html
    assert "{{ company }}<script>" in letter.text
    assert letter.subject == HOSTILE["first_name"]


def test_the_quick_way_says_the_same_as_the_general_one():
    quick, general = (render_email(Text("ru", "Привет, {{ first_name }}", b), HOSTILE) for b in (BODY, GENERAL))
    assert quick.subject == general.subject
    assert quick.text == general.text
    # The two spell the quotes inside a text in two ways.
    pages = [letter.html.replace("&quot;", '"').replace("&#x27;", "'") for letter in (quick, general)]
    assert pages[0] == pages[1]


def test_a_value_in_a_link_is_cleaned_where_it_is_not_our_own_address():
    body = '<a href="{{ first_name }}">x</a>'
    letter = render_email(Text("ru", "s", body), {"first_name": "javascript:alert(1)"})
    assert "javascript" not in letter.html
    assert "javascript" not in letter.text


def test_the_text_part_tells_the_address_of_a_link():
    letter = render_email(Text("ru", "s", BODY), HOSTILE)
    assert "Отписаться: https://crm.test/u/1/?a=1&b=2" in letter.text
    assert to_text('<a href="javascript:x()">там</a>').strip() == "там"


def test_a_missing_value_is_empty():
    assert render_sms(Text("ru", "", "[{{ promo_code }}]"), {}).text == "[]"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..1000000000) reversed %}x{% endfor %}",
        "{{ (1..promo_code) }}",
        "{% include 'other' %}",
        "{% render 'other' %}",
        "{{ first_name | replace: 'a', first_name }}",
        "{{ first_name | safe }}",
        "{{ first_name.__class__ }}{% if %}",
        "{{ password }}",
        "x" * 60_000,
    ],
)
def test_a_template_that_could_do_harm_is_refused_when_it_is_written(source):
    with pytest.raises(TemplateFaultError):
        check(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..900) %}{% for j in (1..900) %}x{% endfor %}{% endfor %}",
        "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}",
        "{{ 1 | divided_by: 0 }}",
    ],
)
def test_a_template_that_runs_wild_is_stopped(source):
    with pytest.raises(TemplateFaultError):
        render(source, {}, autoescape=True)


def test_python_is_out_of_reach():
    assert render("{{ first_name.__class__ }}{{ first_name.upper }}", {"first_name": "x"}, autoescape=False) == ""


def test_only_plain_values_of_known_names_get_through():
    assert plain({"first_name": "А\nн\x00на", "order_number": 5, "secret": "x", "company": ""}) == {
        "first_name": "Анна",
        "order_number": "5",
    }
    with pytest.raises(TypeError):
        plain({"first_name": object()})


def test_every_variable_has_an_example_in_both_languages():
    assert all(set(values) == {"ru", "en"} for values in EXAMPLES.values())
    assert examples("en")["first_name"] == "Anna"


def test_cleaning_keeps_the_look_and_drops_what_acts():
    html = clean(
        '<div style="color:red" onmouseover="x()"><iframe src="//x"></iframe><img src="https://x/y.png">ok</div>'
    )
    assert html == '<div style="color:red"><img src="https://x/y.png">ok</div>'


@pytest.mark.parametrize(
    ("full", "first"),
    [
        ("Смирнова Анна Павловна", "Анна"),
        ("Смирнова Анна", "Анна"),
        ("Анна Смирнова", "Анна"),
        ("Анна", "Анна"),
        ("Anna Maria Smith", "Anna"),
        ("ООО Рога и копыта", "ООО Рога и копыта"),
        ("Клиент 15", "Клиент 15"),
        ("", ""),
    ],
)
def test_a_person_is_addressed_by_the_given_name(full, first):
    assert first_name(full) == first


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("😀" * 36, 2),
    ],
)
def test_an_sms_is_counted_in_paid_parts(text, parts):
    assert sms_parts(text) == parts
