"""How files are read, kept under a name; and what was chosen so far for one file."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from core.models import User
from customers.actions.imports.files import path_of
from customers.models import ImportJob, ImportState, SavedMapping

LONGEST_NAME = 60


def keep_draft(*, job: ImportJob, mapping: dict[str, Any], mode: str, key: str) -> None:
    """Remember what was chosen so far, so that the page can be left.

    Of a file that was tried already it is not kept: its result tells of the mapping that it was tried with.
    """
    ImportJob.objects.filter(pk=job.pk, state=ImportState.UPLOADED).update(mapping=mapping, mode=mode, key=key)


@transaction.atomic
def keep_mapping(*, kind: str, name: str, mapping: dict[str, Any], by: User) -> SavedMapping:
    """Keep a mapping under a name; one of the same name is replaced. Raises InvalidInput."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(_("Give the mapping a name of at most 60 characters."), field="mapping_name")
    kept, _is_new = SavedMapping.objects.update_or_create(kind=kind, name=name, defaults={"mapping": mapping, "by": by})
    return kept


@transaction.atomic
def discard_upload(*, job: ImportJob) -> None:
    """Throw away a file that was never begun, and its import. Raises Conflict once it has begun."""
    waiting = ImportJob.objects.select_for_update(of=("self",)).filter(pk=job.pk, state=ImportState.UPLOADED).first()
    if waiting is None:
        raise Conflict(_("This import has begun: stop it, or take it back."))
    with suppress(NotFound):
        path_of(waiting).unlink()
    waiting.delete()


def forget_mapping(*, mapping: SavedMapping) -> None:
    """Delete a kept mapping; imports that were made with it stay as they are."""
    mapping.delete()
