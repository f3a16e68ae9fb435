"""Changes of the journal in words: who, what, which field, from what to what."""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, DateField, DateTimeField, Field, ForeignKey, JSONField, Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.formats import NOTHING, exact_date_text, masked_text, money_text, number_text
from core.journal.sql import IGNORED
from core.models import Change, ChangeKind, ChangeSet, User
from core.money import MoneyField, from_minor
from core.roles import Role
from customers.models import Customer, CustomField
from dashboard.queries.changes import model_of, names_in

Names = Mapping[tuple[type[Model], int], str]
MOST_TEXT = 300
# What a row of any table has and nobody asks about.
UNSPOKEN = {*IGNORED, "id", "created_at", "created_by_id", "username", "is_staff", "is_superuser", "date_joined"}
# Addresses of customers stay masked here too.
MASKED = {
    ("customers_contactpoint", "value"),
    ("campaigns_suppression", "address"),
    ("acquisition_inquiry", "phone"),
    ("acquisition_inquiry", "email"),
}
SUBJECTS: dict[str, str | Promise] = {
    "customers_customer": gettext_lazy("Customer"),
    "customers_externalref": gettext_lazy("Id elsewhere"),
    "customers_contactpoint": gettext_lazy("Contact"),
    "customers_contactperson": gettext_lazy("Contact person"),
    "customers_address": gettext_lazy("Address"),
    "customers_consent": gettext_lazy("Consent"),
    "customers_customertag": gettext_lazy("Tag"),
    "customers_order": gettext_lazy("Order"),
    "customers_obligation": gettext_lazy("Promise"),
    "customers_customfield": gettext_lazy("Own field"),
    "customers_tag": gettext_lazy("Tag"),
    "customers_accesslimit": gettext_lazy("Limit of reading"),
    "customers_duplicatepolicy": gettext_lazy("Rules of duplicates"),
    "customers_consenttext": gettext_lazy("Text of a consent"),
    "acquisition_channel": gettext_lazy("Channel"),
    "acquisition_inquiry": gettext_lazy("Inquiry"),
    "acquisition_attributionrule": gettext_lazy("Rule of attribution"),
    "acquisition_campaign": gettext_lazy("Campaign"),
    "acquisition_leakpolicy": gettext_lazy("Rules of the leak meter"),
    "acquisition_retentionspend": gettext_lazy("Spend on keeping customers"),
    "acquisition_spend": gettext_lazy("Spend"),
    "campaigns_messagetemplate": gettext_lazy("Template"),
    "campaigns_flow": gettext_lazy("Flow"),
    "campaigns_flowstep": gettext_lazy("Step of a flow"),
    "campaigns_suppression": gettext_lazy("Suppressed address"),
    "core_user": pgettext_lazy("of the company", "Person"),
    "loyalty_offer": gettext_lazy("Offer"),
    "market_competitor": gettext_lazy("Competitor"),
    "market_departure": gettext_lazy("Departure"),
    "market_leavingreason": gettext_lazy("Reason for leaving"),
    "segmentation_audience": gettext_lazy("Audience"),
    "segmentation_capability": gettext_lazy("Capability"),
    "segmentation_need": gettext_lazy("Need"),
    "segmentation_policy": gettext_lazy("Grading rules"),
    "segmentation_xmark": gettext_lazy("X mark"),
    "touches_cadence": gettext_lazy("Touch cadence"),
    "touches_pressurelimit": gettext_lazy("Contact pressure"),
    "touches_task": gettext_lazy("Task"),
    "platforms_connection": gettext_lazy("Connection"),
    "webforms_form": gettext_lazy("Form on a site"),
    "webforms_site": gettext_lazy("Site"),
    "webhooks_subscription": gettext_lazy("Webhook"),
}
ORIGINS: dict[str, str | Promise] = {
    "web": pgettext_lazy("origin of a change", "on the site"),
    "api": pgettext_lazy("origin of a change", "API"),
    "import": pgettext_lazy("origin of a change", "import"),
    "task": pgettext_lazy("origin of a change", "by itself"),
    "command": pgettext_lazy("origin of a change", "command of the server"),
}
DONE: dict[str, str | Promise] = {
    "I": pgettext_lazy("change", "added"),
    "U": pgettext_lazy("change", "changed"),
    "D": pgettext_lazy("change", "removed"),
}
UNDO_PAGES = {ChangeKind.HANDOVER: "handover_undo", ChangeKind.MERGE: "merge_undo"}


@dataclass(frozen=True)
class FieldChange:
    """One field: its name, and what it was and became, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeLine:
    """One row of one table."""

    subject: str
    operation: str
    done: str | Promise
    fields: list[FieldChange]


@dataclass(frozen=True)
class ChangeGroup:
    """What was done at once: by whom, when, as what, and its rows. `undo_url` is empty where nothing can be undone."""

    who: str
    origin: str
    at: datetime
    label: str
    is_undone: bool
    undo_url: str
    lines: list[ChangeLine] = field(default_factory=list)


def groups_of(changes: Sequence[Change], *, reader: User) -> list[ChangeGroup]:
    """The changes in words, those of one change set together. Managers may undo, and whoever made it."""
    names = names_in(changes)
    own = {each.code: each.name for each in CustomField.objects.all()} if _tells_own_fields(changes) else {}
    found = []
    for _key, rows in itertools.groupby(
        changes, lambda change: (change.change_set_id, change.change_set_id or change.pk)
    ):
        together = list(rows)
        lines = [line for line in (_line(change, names, own) for change in together) if line.fields]
        if lines:
            found.append(_group(together[0], lines, reader))
    return found


def _tells_own_fields(changes: Sequence[Change]) -> bool:
    return any("custom" in (doc or {}) for change in changes for doc in (change.before, change.after))


def _group(change: Change, lines: list[ChangeLine], reader: User) -> ChangeGroup:
    made = change.change_set
    is_undone = made is not None and hasattr(made, "undone_by")
    may_undo = made is not None and (reader.has_role(Role.MANAGER) or made.by_id == reader.pk)
    return ChangeGroup(
        who=str(change.actor) if change.actor else "",
        origin=str(ORIGINS.get(change.origin, "")),
        at=change.at,
        label=_set_label(made),
        is_undone=is_undone,
        undo_url=_undo_url(made) if may_undo and not is_undone else "",
        lines=lines,
    )


def _set_label(made: ChangeSet | None) -> str:
    return " · ".join(filter(None, (made.get_kind_display(), made.label))) if made else ""


def _undo_url(made: ChangeSet | None) -> str:
    page = UNDO_PAGES.get(ChangeKind(made.kind)) if made else None
    return reverse(page, args=[made.pk]) if made and page else ""


def _line(change: Change, names: Names, own: Mapping[str, str]) -> ChangeLine:
    model = model_of(change.table_name)
    subject = capfirst(
        str(SUBJECTS.get(change.table_name) or (model._meta.verbose_name if model else change.table_name))
    )
    if model is not None and model is not Customer and change.row_id:
        subject += f" {names.get((model, change.row_id), f'№ {change.row_id}')}"
    fields = list(_fields(change, model, names, own)) if model else []
    return ChangeLine(subject, change.operation, DONE[change.operation], fields)


def _fields(change: Change, model: type[Model], names: Names, own: Mapping[str, str]) -> Iterator[FieldChange]:
    before, after = change.before or {}, change.after or {}
    # The customer of what was removed is the one whose card this is.
    unspoken = UNSPOKEN if change.operation == "U" else UNSPOKEN | {"customer_id"}
    for each in model._meta.concrete_fields:
        old, new = before.get(each.column), after.get(each.column)
        if each.column in unspoken or old == new or (old in (None, "") and new in (None, "")):
            continue
        if isinstance(each, JSONField) and each.name == "custom":
            yield from _own_fields(old or {}, new or {}, own)
        else:
            words = [_words(value, each, change.table_name, names) for value in (old, new)]
            yield FieldChange(capfirst(str(each.verbose_name)), *words)


def _own_fields(old: dict[str, Any], new: dict[str, Any], own: Mapping[str, str]) -> Iterator[FieldChange]:
    for code in sorted({*old, *new}):
        if old.get(code) != new.get(code):
            yield FieldChange(own.get(code, code), _plain(old.get(code)), _plain(new.get(code)))


def _words(value: Any, told: Field, table: str, names: Names) -> str:
    """One value as people read it."""
    if value is None or value == "":
        return NOTHING
    if (table, told.column) in MASKED:
        return masked_text(str(value))
    if told.choices:
        return str(dict(told.flatchoices).get(value, value))
    if isinstance(told, ForeignKey):
        return _named(value, told.related_model, names)
    if isinstance(told, MoneyField):
        return money_text(from_minor(int(value)))
    if isinstance(told, DateTimeField):
        return exact_date_text(datetime.fromisoformat(value))
    if isinstance(told, DateField):
        return exact_date_text(date.fromisoformat(value))
    if isinstance(told, ArrayField):
        return ", ".join(map(str, value)) or NOTHING
    if isinstance(told, BooleanField):
        return _("yes") if value else _("no")
    return _plain(value)


def _named(pk: int, target: Any, names: Names) -> str:
    return f"№ {pk}" if target is Customer else names.get((target, pk), f"№ {pk}")


def _plain(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number_text(Decimal(str(value)))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Truncator(text).chars(MOST_TEXT)
