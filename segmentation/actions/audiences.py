"""Saving, sharing, versions, fixed lists."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.models import User
from core.periods import company_day
from core.roles import Role
from segmentation.actions.membership import fill
from segmentation.audiences.fields.who import ME
from segmentation.audiences.tree import Node, as_json, is_timed, read_tree, watched_tables
from segmentation.models import Audience, AudienceKind, AudienceMember, AudienceVersion
from segmentation.queries.audiences import audience_customers

MOST_NAME = 120
KEEPERS = (Role.MARKETER, Role.MANAGER)


def may_change(user: User, audience: Audience) -> bool:
    """One's own; a marketer and a manager change all."""
    return audience.owner_id == user.pk or user.has_role(*KEEPERS)


def create_audience(
    *, name: str, tree: Any, by: User, at: datetime, description: str = "", is_shared: bool = False
) -> Audience:
    """Keep a tree (JSON) under a name, as version 1. Raises TreeFaultError, InvalidInput, Forbidden, Conflict."""
    node = _own_tree(tree, by)
    audience = Audience(owner=by, created_at=at)
    _describe(audience, name, description, is_shared=is_shared, by=by)
    _put(audience, node, at)
    with transaction.atomic():
        _saved(audience)
        AudienceVersion.objects.create(audience=audience, number=1, tree=audience.tree, by=by, at=at)
    return audience


@transaction.atomic
def change_audience(
    *,
    audience_id: int,
    name: str,
    tree: Any,
    by: User,
    at: datetime,
    description: str = "",
    is_shared: bool = False,
    version: int | None = None,
) -> Audience:
    """Change an audience; a changed tree is a new version.

    version: that of which the changed tree was made; if somebody was faster, Conflict. Raises as `create_audience`.
    """
    audience = _held(audience_id, by)
    if version is not None and version != audience.version:
        raise Conflict(_("Somebody has changed this audience meanwhile. Open it again; nothing was saved."))
    _describe(audience, name, description, is_shared=is_shared, by=by)
    if not audience.is_static:
        _turn_to(audience, _own_tree(tree, by), by, at)
    audience.updated_at = at
    _saved(audience)
    return audience


@transaction.atomic
def bring_back(*, audience_id: int, number: int, by: User, at: datetime) -> Audience:
    """Let an old version hold again: it becomes the newest one. Raises Conflict, TreeFaultError, Forbidden."""
    audience = _held(audience_id, by)
    old = AudienceVersion.objects.filter(audience=audience, number=number).first()
    if old is None or audience.is_static:
        raise Conflict(_("There is no such version."))
    _turn_to(audience, read_tree(old.tree), by, at)
    audience.updated_at = at
    _saved(audience)
    return audience


@transaction.atomic
def freeze(*, audience_id: int, name: str, by: User, at: datetime) -> Audience:
    """Make a fixed list of those who belong today and whom the person may see. Raises InvalidInput, Conflict."""
    source = Audience.objects.get(pk=audience_id)
    fixed = Audience(owner=by, created_at=at, updated_at=at, kind=AudienceKind.STATIC)
    _describe(fixed, name, source.description, is_shared=False, by=by)
    fixed.tree, fixed.version = source.tree, 1
    _saved(fixed)
    AudienceVersion.objects.create(audience=fixed, number=1, tree=source.tree, by=by, at=at)
    _copy_members(source, fixed, by, at)
    return fixed


def _copy_members(source: Audience, fixed: Audience, by: User, at: datetime) -> None:
    found = audience_customers(source, by, company_day(at)).order_by().values_list("pk")
    sql, params = found.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO segmentation_audiencemember (audience_id, customer_id, since) "  # noqa: S608 - Django's SQL
            f"SELECT %s, found.id, %s FROM ({sql}) AS found (id)",
            [fixed.pk, at, *params],
        )


@transaction.atomic
def put_away(*, audience_id: int, by: User, at: datetime) -> None:
    """Take an audience out of use. Raises Conflict while a flow lets its customers in, Forbidden."""
    audience = _held(audience_id, by)
    if audience.in_flow:
        raise Conflict(_("A flow that is on lets these customers in. Pause the flow first."))
    AudienceMember.objects.filter(audience=audience).delete()
    audience.archived_at, audience.is_watched = at, False
    audience.save(update_fields=["archived_at", "is_watched"])


@transaction.atomic
def watch(
    *,
    audience_id: int,
    at: datetime,
    by: User | None = None,
    is_watched: bool | None = None,
    in_flow: bool | None = None,
) -> Audience:
    """Begin or cease to keep who enters and leaves: `is_watched` by a person, `in_flow` for a flow that is on.

    Who belongs at the beginning counts as entered then. Raises Forbidden, Conflict for a fixed list.
    """
    audience = _held(audience_id, by) if by else Audience.objects.select_for_update(no_key=True).get(pk=audience_id)
    kept = audience.is_watched or audience.in_flow
    if is_watched is not None:
        if audience.is_static and is_watched:
            raise Conflict(_("A fixed list does not change by itself: there is nothing to watch."))
        audience.is_watched = is_watched
    if in_flow is not None:
        audience.in_flow = in_flow
    audience.save(update_fields=["is_watched", "in_flow"])
    keeps = audience.is_watched or audience.in_flow
    if keeps and not kept:
        fill(audience=audience, as_of=company_day(at), at=at)
    elif kept and not keeps and not audience.is_static:
        AudienceMember.objects.filter(audience=audience).delete()
    return audience


def _held(audience_id: int, by: User) -> Audience:
    found = Audience.objects.for_user(by).in_use().select_for_update(no_key=True, of=("self",))
    audience = found.filter(pk=audience_id).first()
    if audience is None:
        raise NotFound(_("This audience is put away already."))
    if not may_change(by, audience):
        raise Forbidden(_("This audience belongs to somebody else. Save it under your own name to change it."))
    return audience


def _describe(audience: Audience, name: str, description: str, *, is_shared: bool, by: User) -> None:
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME:
        raise InvalidInput(_("A name has from 1 to %(most)s characters.") % {"most": MOST_NAME}, field="name")
    if is_shared and not audience.is_shared and not by.has_role(*KEEPERS):
        raise Forbidden(_("Audiences are shared by a marketer or a manager."))
    audience.name, audience.description, audience.is_shared = name, description.strip()[:500], is_shared


def _own_tree(raw: Any, by: User) -> Node:
    """The tree with "me" made the number of whoever saves it: it must say the same to every reader and to the night."""
    return read_tree(_without_me(raw, by))


def _without_me(raw: Any, by: User) -> Any:
    if isinstance(raw, list):
        return [_without_me(each, by) for each in raw]
    if not isinstance(raw, dict):
        return raw
    if raw.get("field") == "owner" and isinstance(raw.get("value"), list):
        return raw | {"value": [str(by.pk) if each == ME else each for each in raw["value"]]}
    return {key: _without_me(value, by) for key, value in raw.items()}


def _put(audience: Audience, node: Node, at: datetime) -> None:
    audience.tree = as_json(node)
    audience.is_timed = is_timed(node)
    audience.watches = watched_tables(node)
    audience.updated_at = at


def _turn_to(audience: Audience, node: Node, by: User, at: datetime) -> None:
    """A new version, unless nothing changes; who is watched is counted anew at once."""
    if as_json(node) == audience.tree:
        return
    _put(audience, node, at)
    audience.version += 1
    AudienceVersion.objects.create(audience=audience, number=audience.version, tree=audience.tree, by=by, at=at)
    if audience.is_watched or audience.in_flow:
        audience.save()
        fill(audience=audience, as_of=company_day(at), at=at)


def _saved(audience: Audience) -> None:
    try:
        with transaction.atomic():
            audience.save()
    except IntegrityError as error:
        if "audience_name_once" not in str(error):
            raise
        raise Conflict(_("You have an audience of this name already."), field="name") from error
