"""A page that prints what does not exist fails its test."""

import pytest
from django.template import Context, Origin, Template, engines

from tests.undefined_variables import TEMPLATES


def render(source: str, name: str) -> str:
    template = Template(source, origin=Origin(name), engine=engines["django"].engine)
    return template.render(Context({"known": "yes"}))


def test_an_undefined_variable_of_a_page_fails_the_test():
    with pytest.raises(pytest.fail.Exception, match=r"page\.html prints custmer\.name, which is not defined"):
        render("{{ custmer.name }}", str(TEMPLATES / "page.html"))


def test_a_condition_may_ask_whether_a_variable_is_there():
    assert render("{% if unknown %}x{% endif %}{{ known }}", str(TEMPLATES / "page.html")) == "yes"


def test_templates_of_libraries_are_let_through():
    assert render("{{ unknown }}{{ known }}", "/library/page.html") == "yes"
