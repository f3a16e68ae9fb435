"""Every page, in a real browser, for each role in both languages, over the demonstration base."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns.models import Delivery, Flow
from core.models import User
from core.navigation import MENU
from core.roles import Role
from customers.models import Customer
from nps.links import answer_token
from nps.models import Invitation

SETTLED = 50  # milliseconds
PEOPLE = (Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER, Role.ADMINISTRATOR)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("new_installation"),
]


def sights(user: User) -> list[str]:
    """Addresses of the pages of the menu that the role has, and of what stands behind their links."""
    menu = [reverse(entry.url_name) for section in MENU for entry in section.entries if user.has_role(*entry.roles)]
    # Of one's own customers, for the pool's too are open to farmers and the richer card is the better test.
    own = Customer.objects.for_user(user).filter(standing__isnull=False)
    card = (own.filter(owner=user).first() or own.first()).pk
    pages = [
        *menu,
        *(reverse(name, args=[card]) for name in ("customer_card", "customer_promises", "customer_consent")),
        reverse("customer_list") + "?q=ан&grade=A&stage=active&sort=-risk",
        reverse("done_today"),
    ]
    if user.role != Role.MARKETER:
        pages += [reverse("customer_edit", args=[card]), reverse("customer_new")]
    if user.has_role(Role.MANAGER, Role.MARKETER):
        pages += [reverse("flow_page", args=[Flow.objects.first().code]), reverse("nps_answers")]
    return pages


def is_daily(page: str) -> bool:
    """Whether the page shows each role something else."""
    return page.startswith((reverse("worklist"), reverse("customer_list")))


def open_context(browser, live_server, user: User | None, language: str, theme: str, width: int):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme
    )
    host = urlsplit(live_server.url).hostname
    cookies = [{"name": "ferma_language", "value": language, "domain": host, "path": "/"}]
    if user is not None:
        User.objects.filter(pk=user.pk).update(language=language, theme="auto")
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": host, "path": "/"})
    context.add_cookies(cookies)
    return context


def faults(context, addresses: list[str], language: str) -> list[str]:
    """What was wrong with the pages: status, language, sideways scrolling, anything in the console."""
    found: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("console", lambda said: found.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    for address in addresses:
        response = page.goto(address, wait_until="load")
        # A page is complete when it is loaded; what its scripts then find wrong, they say at once.
        page.wait_for_timeout(SETTLED)
        if response.status != 200:
            found.append(f"{address}: status {response.status}")
        if page.get_attribute("html", "lang") != language:
            found.append(f"{address}: not in {language}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            found.append(f"{address}: scrolls sideways")
    return found


def test_every_page_opens_for_each_role_in_both_languages_without_a_console_error(browser, live_server):
    call_command("demo", customers=300, seed=3, as_of=date(2026, 6, 1))
    call_command("nightly", as_of=date(2026, 6, 1))
    assert Delivery.objects.exists()

    wrong: list[str] = []
    opened = 0
    seen: set[tuple[str, str]] = set()
    for role in PEOPLE:
        user = User.objects.filter(role=role).first()
        for language, theme, width in (("ru", "light", 1440), ("en", "dark", 360)):
            context = open_context(browser, live_server, user, language, theme, width)
            # Settings look alike to everybody who may see them: once is enough. The daily pages do not.
            addresses = [page for page in sights(user) if is_daily(page) or (page, language) not in seen]
            seen |= {(page, language) for page in addresses}
            wrong += [f"{role} {language}: {fault}" for fault in faults(context, addresses, language)]
            opened += len(addresses)
            context.close()

    assert wrong == []
    assert opened >= 100


def test_public_pages_open_without_logging_in(browser, live_server):
    # Of today, for an invitation is good for some weeks only.
    call_command("demo", customers=100, seed=3)
    invitation = Invitation.objects.latest("created_at")
    for language in ("ru", "en"):
        Customer.objects.filter(pk=invitation.customer_id).update(language=language)
        context = open_context(browser, live_server, None, language, "light", 360)
        addresses = [reverse("account_login"), reverse("nps_answer", args=[answer_token(invitation.pk)])]
        assert faults(context, addresses, language) == []
        context.close()
