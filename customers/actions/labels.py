"""Tags on customers, one by one and over many."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from core.journal import change_set, undo
from core.journal.undo import Undone
from core.models import ChangeKind, ChangeSet, User
from customers.actions.editing import open_card
from customers.models import Customer, CustomerTag, Tag
from customers.models.customer import CustomerQuerySet
from customers.rules.faults import Faulty
from customers.rules.text import clean_text

_PUT_ON = """
    INSERT INTO customers_customertag (customer_id, tag_id, by_id, at)
    SELECT c.id, %s, %s, %s FROM ({customers}) c
    ON CONFLICT (customer_id, tag_id) DO NOTHING"""
_TOUCH = """
    UPDATE customers_customer SET updated_at = %s
    WHERE id IN (SELECT customer_id FROM customers_customertag WHERE tag_id = %s AND at = %s)"""


def named_tag(*, name: str) -> Tag:
    """The tag with this name in any letter case; made when first asked for. Raises InvalidInput."""
    try:
        clean = clean_text(name, "tag", 60)
    except Faulty as fault:
        raise InvalidInput(_("A tag is a few words, up to 60 characters."), field="tag") from fault
    if not clean:
        raise InvalidInput(_("Write the tag."), field="tag")
    found = Tag.objects.filter(name__iexact=clean).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Tag.objects.create(name=clean)
    except IntegrityError:
        # Somebody was faster since the look above.
        return Tag.objects.get(name__iexact=clean)


@transaction.atomic
def add_tag(*, customer_id: int, name: str, by: User | None, at: datetime) -> CustomerTag:
    """Put a tag on a customer; one that is there already stays as it is."""
    open_card(customer_id)
    put_on, created = CustomerTag.objects.get_or_create(
        customer_id=customer_id, tag=named_tag(name=name), defaults={"by": by}
    )
    if created:
        Customer.objects.filter(pk=customer_id).update(updated_at=at)
    return put_on


@transaction.atomic
def remove_tag(*, customer_id: int, tag_id: int, at: datetime) -> None:
    """Take a tag off a customer; gone already is as well."""
    CustomerTag.objects.filter(customer_id=customer_id, tag_id=tag_id).delete()
    Customer.objects.filter(pk=customer_id).update(updated_at=at)


@transaction.atomic
def tag_many(*, customers: CustomerQuerySet, name: str, by: User, at: datetime) -> ChangeSet:
    """Put a tag on all of the customers, as one change that can be undone; `data` says on how many it was new."""
    tag = named_tag(name=name)
    label = _("Tag “%(tag)s” put on") % {"tag": tag.name}
    with change_set(kind=ChangeKind.BULK_EDIT, by=by, at=at, label=label) as made:
        wanted, params = customers.filter(erased_at__isnull=True).order_by().values("id").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(_PUT_ON.format(customers=wanted), [tag.pk, by.pk, at, *params])
            count = cursor.rowcount
    _keep_count(made, count, tag)
    # Outside the set: it is no change to be undone, only news for those who ask what changed since.
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [at, tag.pk, at])
    return made


@transaction.atomic
def untag_many(*, customers: CustomerQuerySet, name: str, by: User, at: datetime) -> ChangeSet:
    """Take a tag off all of the customers, as one change that can be undone. Raises NotFound for an unknown tag."""
    tag = Tag.objects.filter(name__iexact=name.strip()).first()
    if tag is None:
        raise NotFound(_("There is no such tag."), field="tag")
    label = _("Tag “%(tag)s” taken off") % {"tag": tag.name}
    worn = CustomerTag.objects.filter(tag=tag, customer__in=customers.order_by().values("pk"))
    Customer.objects.filter(pk__in=worn.values("customer")).update(updated_at=at)
    with change_set(kind=ChangeKind.BULK_EDIT, by=by, at=at, label=label) as made:
        count, _rows = worn.delete()
    _keep_count(made, count, tag)
    return made


def _keep_count(made: ChangeSet, count: int, tag: Tag) -> None:
    made.data = {"customers": count, "tag": tag.name}
    made.save(update_fields=["data"])


@transaction.atomic
def undo_bulk_edit(*, made: ChangeSet, by: User, at: datetime) -> Undone:
    """Take a change of many customers back. Raises Conflict if that was done already."""
    if made.kind != ChangeKind.BULK_EDIT:
        raise Conflict(_("Only a change of many customers is taken back here."))
    undone = undo(made=made, by=by, at=at)
    changed = CustomerTag.objects.filter(tag__name=made.data.get("tag", ""))
    Customer.objects.filter(pk__in=changed.values("customer")).update(updated_at=at)
    return undone
