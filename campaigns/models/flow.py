"""Flows: automated chains that customers enter on a trigger."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, Order
from loyalty.models import Offer
from segmentation.models import Audience


class FlowTrigger(models.TextChoices):
    LIFECYCLE = "lifecycle", _("Lifecycle becomes")
    AUDIENCE = "audience", _("Enters an audience")


class Flow(models.Model):
    """A chain of steps. Customers enter when the trigger picks them; an order ends it."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    trigger = models.CharField(max_length=20, choices=FlowTrigger.choices, default=FlowTrigger.LIFECYCLE)
    trigger_values = models.JSONField(default=list, help_text='Stages, such as ["at_risk", "lapsed"].')
    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, null=True, blank=True, related_name="flows", verbose_name=_("audience")
    )
    holdout_percent = models.PositiveSmallIntegerField(_("holdout, %"), default=10)
    pause_days = models.PositiveSmallIntegerField(_("days before a customer may enter again"), default=180)
    window_days = models.PositiveSmallIntegerField(_("days after the last step in which an order counts"), default=30)
    entry_limit = models.PositiveIntegerField(
        _("customers a night at most"),
        default=500,
        help_text=_("The most valuable enter first; the others wait for the next nights."),
    )
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("offer"))
    is_active = models.BooleanField(_("active"), default=False)

    class Meta:
        verbose_name = _("flow")
        verbose_name_plural = _("flows")
        constraints = [
            models.CheckConstraint(
                condition=Q(holdout_percent__lte=50),
                name="holdout_leaves_an_audience",
                violation_error_message=_("The holdout is at most 50%."),
            ),
            models.CheckConstraint(
                condition=Q(entry_limit__gte=1),
                name="somebody_may_enter",
                violation_error_message=_("At least one customer a night."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StepKind(models.TextChoices):
    EMAIL = "email", pgettext_lazy("step of a flow", "E-mail")
    SMS = "sms", pgettext_lazy("step of a flow", "SMS")
    TASK = "task", _("Task for the farmer")


class FlowStep(models.Model):
    """One step, taken `wait_days` after the one before it (after entry, for the first).

    Positions are 1, 2, 3 ... without gaps.
    """

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind.choices)
    wait_days = models.PositiveSmallIntegerField(_("wait, days"), default=0)
    template_code = models.SlugField(_("template"), max_length=50, blank=True)
    task_note = models.CharField(_("what to do"), max_length=500, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "position"], name="step_position_once"),
            models.CheckConstraint(
                condition=Q(kind="task") | ~Q(template_code=""),
                name="message_step_has_template",
                violation_error_message=_("A message step needs a template."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id}:{self.position}"


class EnrolmentState(models.TextChoices):
    ACTIVE = "active", _("In the flow")
    HOLDOUT = "holdout", _("Holdout")
    LEFT = "left", _("Left")
    FINISHED = "finished", pgettext_lazy("customer in a flow", "Finished")


class ExitReason(models.TextChoices):
    ORDERED = "ordered", pgettext_lazy("why a customer left a flow", "Ordered")
    ERASED = "erased", pgettext_lazy("why a customer left a flow", "Erased")
    STOPPED = "stopped", _("The flow was stopped")


class Enrolment(models.Model):
    """One passage of a customer through a flow; `due_at` is when the next step is to be taken.

    Customers of the holdout are enrolled too, with nothing done to them, so that both groups are
    measured from the moment they would have been written to, and until the same `ends_at`.
    """

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="enrolments")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="enrolments")
    round = models.PositiveSmallIntegerField(default=1)
    is_holdout = models.BooleanField(_("holdout"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=EnrolmentState.choices)
    entered_at = models.DateTimeField(pgettext_lazy("enrolment", "entered"))
    entered_stage = models.CharField(max_length=10, blank=True)
    next_position = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(_("measured until"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    exit_reason = models.CharField(_("reason"), max_length=10, choices=ExitReason.choices, blank=True)
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="+")

    personal: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "customer", "round"], name="enrolled_once_per_round"),
            models.UniqueConstraint(
                fields=["flow", "customer"],
                name="one_passage_at_a_time",
                condition=Q(state__in=["active", "holdout"]),
            ),
            models.CheckConstraint(
                condition=~Q(state="active", is_holdout=True) & ~Q(state="holdout", is_holdout=False),
                name="holdout_is_left_alone",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="enrolment_due", condition=Q(state="active")),
            models.Index(fields=["ends_at"], name="enrolment_open", condition=Q(state__in=["active", "holdout"])),
            models.Index(fields=["flow", "state", "next_position"], name="enrolment_funnel"),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id}:{self.customer_id}:{self.round}"
