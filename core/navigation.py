"""The pages of the product in the order of the menu, and who sees each."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.roles import WITH_CUSTOMERS, Role

EVERYBODY = frozenset({Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER})
ANALYSTS = frozenset({Role.MANAGER, Role.MARKETER})
MANAGERS = frozenset({Role.MANAGER})
ADMINISTRATORS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """One line of the menu; administrators see them all. below: pages that belong to it under another address."""

    url_name: str
    label: str | Promise
    icon: str
    roles: frozenset[str] = EVERYBODY
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Entries under one heading; without a heading they come first."""

    label: str | Promise
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """An entry as one reader sees it on one page."""

    label: str | Promise
    icon: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    label: str | Promise
    links: list[Link] = field(default_factory=list)


MENU = (
    Section(
        "",
        (
            Entry("worklist", _("My day"), icon="list-check"),
            Entry("customer_list", _("Customers"), icon="users"),
            Entry("promises", _("Promises"), icon="clock-check"),
            Entry("inquiries", _("Inquiries"), icon="phone-incoming", roles=WITH_CUSTOMERS),
        ),
    ),
    Section(
        _("Figures"),
        (
            Entry("overview", _("Overview"), icon="layout-dashboard", roles=ANALYSTS, below=("summary",)),
            Entry("base_value", _("Base value"), icon="coins", roles=ANALYSTS),
            Entry("grades", _("Grades"), icon="arrows-transfer-up", roles=ANALYSTS),
            Entry("ltv", _("LTV"), icon="trending-up", roles=ANALYSTS),
            Entry("cohorts", _("Cohorts"), icon="grid-dots", roles=ANALYSTS),
            Entry("cac", _("Acquisition"), icon="target-arrow", roles=ANALYSTS),
            Entry("old_new", _("Old against new"), icon="switch-horizontal", roles=ANALYSTS),
            Entry("leaks", _("Leak meter"), icon="droplet", roles=ANALYSTS),
            Entry("leaving", _("Why they leave"), icon="door-exit", roles=ANALYSTS, below=("competitors",)),
            Entry("potential", _("Potential (X)"), icon="bulb", roles=WITH_CUSTOMERS),
            Entry("nps_results", _("NPS"), icon="mood-smile", roles=ANALYSTS),
        ),
    ),
    Section(
        _("Messages"),
        (
            Entry("flow_list", _("Flows"), icon="route", roles=ANALYSTS),
            Entry("audience_list", _("Audiences"), icon="users-group"),
            Entry("deliveries", _("Deliveries"), icon="send", roles=ANALYSTS),
        ),
    ),
    Section(
        _("The base"),
        (
            Entry("duplicates", _("Duplicates"), icon="copy", roles=WITH_CUSTOMERS),
            Entry("handovers", _("Portfolios"), icon="transfer", roles=MANAGERS),
            Entry("reading", _("Who reads the base"), icon="eye", roles=MANAGERS),
        ),
    ),
    Section(
        _("Settings"),
        (
            Entry("imports", _("Import"), icon="upload", roles=MANAGERS),
            Entry("spend", _("Spend"), icon="wallet", roles=ANALYSTS, below=("channel_open",)),
            Entry("site_list", _("Website"), icon="world", roles=ANALYSTS),
            Entry("policies", _("Grading rules"), icon="scale", roles=MANAGERS),
            Entry("cadence", _("Touch cadence"), icon="calendar-repeat", roles=MANAGERS),
            Entry("own_fields", _("Fields"), icon="forms", roles=MANAGERS),
            Entry("consent_texts", _("Texts of consent"), icon="file-text", roles=MANAGERS),
            Entry("people", _("People"), icon="user-cog", roles=ADMINISTRATORS),
            Entry("webhook_list", _("Webhooks"), icon="webhook", roles=ADMINISTRATORS),
            Entry("connection_list", _("Connections"), icon="plug", roles=ADMINISTRATORS),
            Entry("token_list", _("API tokens"), icon="key", roles=ADMINISTRATORS),
            Entry("nights", _("Nights"), icon="moon", roles=MANAGERS),
            Entry("settings_changes", _("Changes of settings"), icon="history", roles=MANAGERS),
            Entry("outbox", _("Outbox"), icon="inbox", roles=ANALYSTS),
        ),
    ),
)


def menu_for(user: User, path: str) -> list[Group]:
    """The menu that the user sees; the entry whose address begins `path` is the current one."""
    return menu_of(user.role, current_of(user, path))


def current_of(user: User, path: str) -> tuple[str, ...]:
    """The addresses of the entries that are current on the page `path`: of one, as a rule, or of none."""
    entries = (entry for _label, entries in _menu(user.role, get_language() or "") for entry in entries)
    return tuple(urls[0] for _word, _icon, urls in entries if path.startswith(urls))


def menu_of(role: str, current: tuple[str, ...]) -> list[Group]:
    """The menu of a role where the entries with these addresses are current."""
    return [
        Group(label, [Link(word, icon, urls[0], is_current=urls[0] in current) for word, icon, urls in entries])
        for label, entries in _menu(role, get_language() or "")
    ]


# Every page has the menu twice, and there are as many menus as roles and languages.
@lru_cache(maxsize=64)
def _menu(role: str, _language: str) -> list[tuple[str, list[tuple[str, str, tuple[str, ...]]]]]:
    """Groups by name, their entries by name, icon and addresses: its own, and those of other pages below it."""
    reader = User(role=role)
    groups = [(str(section.label), _entries(section, reader)) for section in MENU]
    return [group for group in groups if group[1]]


def _entries(section: Section, reader: User) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (str(entry.label), entry.icon, tuple(reverse(name) for name in (entry.url_name, *entry.below)))
        for entry in section.entries
        if reader.has_role(*entry.roles)
    ]
