"""What an audience may ask about touches and tasks."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from segmentation.audiences import columns
from segmentation.audiences.fields.who import PEOPLE, POOL, people
from segmentation.audiences.registry import Group, fixed, register
from segmentation.audiences.relations import key, relation
from touches.models import Outcome, Task, TaskKind, TaskState, Touch, TouchChannel

BY_PEOPLE, BY_MACHINE = "people", "machine"
AUTHORS = fixed([(BY_PEOPLE, _("by people")), (BY_MACHINE, _("by the machine"))])


def _by(authors: list[str]) -> Q:
    met = Q(by__isnull=BY_MACHINE in authors)
    return Q(pk__isnull=False) if len(authors) > 1 else met


def _owned(owners: list[str]) -> Q:
    met = Q(owner_id__in=[int(each) for each in owners if each != POOL])
    return met | Q(owner__isnull=True) if POOL in owners else met


register(
    relation(
        "touched",
        _("Touched"),
        Group.WORK,
        rows=lambda _ctx: Touch.objects.all(),
        day="at",
        is_moment=True,
        watches=("touches_touch",),
        keys=(
            key("kind", _("Channel"), column="channel", choices=fixed(TouchChannel.choices)),
            key("outcome", _("Outcome"), column="outcome", choices=fixed(Outcome.choices)),
            key("by", _("Who touched"), column="by", choices=PEOPLE),
            key(
                "author",
                _("People or the machine"),
                choices=AUTHORS,
                where=_by,
            ),
        ),
    )
)
register(
    columns.yes_no(
        "task_open",
        _("Has an open task"),
        Group.WORK,
        condition=lambda _ctx: Exists(Task.objects.filter(customer=OuterRef("pk"), state=TaskState.OPEN)),
        watches=("touches_task",),
    )
)
register(
    relation(
        "task",
        _("Task"),
        Group.WORK,
        rows=lambda _ctx: Task.objects.all(),
        day="due_on",
        watches=("touches_task",),
        keys=(
            key("kind", _("Kind"), column="kind", choices=fixed(TaskKind.choices)),
            key("state", _("State"), column="state", choices=fixed(TaskState.choices)),
            key("owner", _("Owner"), choices=people([(POOL, _("In the pool"))]), where=_owned),
        ),
        hint=_("The days are those on which the task is due."),
    )
)
