"""The contact log, tasks, the cadence and contact pressure."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer


class TouchChannel(models.TextChoices):
    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    MESSENGER = "messenger", _("Messenger")
    MEETING = "meeting", _("Meeting")


class Outcome(models.TextChoices):
    REACHED = "reached", _("Talked")
    NO_ANSWER = "no_answer", _("No answer")
    CALL_BACK = "call_back", _("Asked to call back")
    ORDERED = "ordered", _("Will order")
    REFUSED = "refused", _("Not interested")
    WRONG_CONTACT = "wrong_contact", _("Wrong contact")
    SENT = "sent", pgettext_lazy("touch", "Sent")


class Touch(models.Model):
    """One contact with a customer, by a person or (without `by`) by the machine.

    Append-only, except that its author may take it back for a few minutes: a slip of the key. `effects`
    keeps what it changed, so that this can be put back: {"closed": [task], "moved": {task: day},
    "opened": [task], "unreachable": [contact point], "departed": [departure]}.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="touches")
    channel = models.CharField(_("channel"), max_length=10, choices=TouchChannel.choices)
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="touches",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("time"))
    note = models.TextField(_("note"), blank=True, max_length=5000)
    effects = models.JSONField(default=dict, editable=False)

    personal = {"note": ""}

    class Meta:
        verbose_name = _("touch")
        verbose_name_plural = _("touches")
        indexes = [
            models.Index(fields=["customer", "-at"], name="touch_customer"),
            models.Index(fields=["customer", "-at"], name="touch_by_people", condition=Q(by__isnull=False)),
            models.Index(fields=["by", "-at"], name="touch_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_outcome_display()}"


class TaskKind(models.TextChoices):
    WIN_BACK = "win_back", _("Win back")
    RECOVER = "recover", _("Recover an unhappy customer")
    PROMISE = "promise", _("Keep an overdue promise")
    CALL_BACK = "call_back", _("Call back as asked")
    LEAK = "leak", _("Answer an inquiry")
    MANUAL = "manual", _("Task")


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", pgettext_lazy("task", "Done")
    CANCELLED = "cancelled", pgettext_lazy("task", "Cancelled")


class Task(models.Model):
    """Work for a farmer with a due date. `key` makes opening it twice open one task."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tasks")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("owner"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=TaskKind.choices, default=TaskKind.MANUAL)
    key = models.CharField(max_length=100, unique=True, null=True, editable=False)  # noqa: DJ001 - NULLs do not clash
    note = models.TextField(_("what to do"), blank=True, max_length=5000)
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    personal = {"note": ""}

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["owner", "due_on", "id"], name="task_due", condition=Q(state="open")),
            # "IS NULL" on the first column of an index does not give its order, so the pool has its own.
            models.Index(fields=["due_on", "id"], name="task_pool", condition=Q(state="open", owner=None)),
            models.Index(fields=["customer"], name="task_customer", condition=Q(state="open")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="closed_task_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.note or str(self.get_kind_display())


class Cadence(models.Model):
    """Days between touches for a grade; none for a grade means no regular touches."""

    grade = models.CharField(_("grade"), max_length=1, unique=True)
    days_between = models.PositiveSmallIntegerField(_("days between touches"))
    channel = models.CharField(_("how"), max_length=10, choices=TouchChannel.choices, default=TouchChannel.CALL)

    class Meta:
        verbose_name = _("cadence")
        verbose_name_plural = _("cadence")
        ordering = ["grade"]
        constraints = [
            models.CheckConstraint(
                condition=Q(days_between__gte=1),
                name="cadence_has_days",
                violation_error_message=_("At least one day between touches."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.grade}: {self.days_between}"


class PressureLimit(models.Model):
    """At most `messages` machine messages to one customer in any `days` days."""

    messages = models.PositiveSmallIntegerField(_("messages"))
    days = models.PositiveSmallIntegerField(_("in days"), unique=True)

    class Meta:
        verbose_name = _("contact pressure")
        verbose_name_plural = _("contact pressure")
        ordering = ["days"]
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1),
                name="pressure_has_days",
                violation_error_message=_("The limit covers at least one day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.messages} / {self.days}"
