"""Accounts of people: making them, switching them off, what they chose for their pages."""

import hashlib
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput
from core.models import Language, SavedView, Theme, User
from core.roles import Role


@transaction.atomic
def create_person(*, email: str, name: str, role: str, password: str) -> User:
    """Open an account; a manager's may export. Raises Conflict if the e-mail already has one."""
    address = email.strip().lower()
    taken = Conflict(_("There is already an account with this e-mail."), field="email")
    if User.objects.filter(email__iexact=address).exists():
        raise taken
    if role not in Role.values or role == Role.INTEGRATION:
        raise InvalidInput(_("Choose one of the roles."), field="role")
    try:
        with transaction.atomic():
            return User.objects.create_person(
                email=address, password=password, role=role, name=name, may_export=role == Role.MANAGER
            )
    except IntegrityError as error:
        # Somebody was faster since the look above.
        raise taken from error


@transaction.atomic
def change_person(*, person: User, role: str, is_active: bool, may_export: bool, by: User) -> None:
    """Give another role or the right to export, or close and open the account. Nobody does this to their own."""
    if person == by:
        raise Conflict(_("You cannot change your own account: ask another administrator."))
    person.role = role
    person.is_active = is_active
    person.may_export = may_export
    person.save(update_fields=["role", "is_active"])


@transaction.atomic
def integration_user(*, name: str) -> User:
    """The account that the tokens of one integration act for; made when first asked for."""
    # The name is free text in any alphabet; an account needs an address that can never receive mail.
    email = f"{hashlib.sha256(name.encode()).hexdigest()[:16]}@integration.invalid"
    fields = {"username": email, "password": make_password(None), "role": Role.INTEGRATION, "first_name": name}
    return User.objects.get_or_create(email=email, defaults=fields)[0]


def choose_preferences(*, user: User, language: str | None = None, theme: str | None = None) -> None:
    """Keep the reader's language and theme with the account; unknown values are left out."""
    chosen: dict[str, Any] = {}
    if language in Language.values:
        chosen["language"] = language
    if theme in Theme.values:
        chosen["theme"] = theme
    if chosen:
        User.objects.filter(pk=user.pk).update(**chosen)


def save_view(*, user: User, page: str, name: str, query: str) -> SavedView:
    """Keep a list under a name; the same name again replaces what it stood for."""
    view, _created = SavedView.objects.update_or_create(user=user, page=page, name=name, defaults={"query": query})
    return view


def forget_view(*, user: User, view_id: int) -> None:
    """Remove one of the person's own views; somebody else's, and one already gone, are left alone."""
    SavedView.objects.filter(user=user, pk=view_id).delete()
