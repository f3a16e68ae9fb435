"""What became of inquiries: the terms they are judged by, the calls back, and the verdict on each."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from acquisition.models.channel import Channel
from acquisition.models.inquiry import Inquiry, InquiryKind
from acquisition.rules.leaks import CALLBACK_HOURS, FORGOTTEN_DAYS, ORDER_DAYS, State, Terms
from customers.models import Customer


class LeakPolicy(models.Model):
    """How long a missed inquiry may be called back, a captured one may wait, and an order may take to come.

    One row; without it the usual terms are in force.
    """

    callback_hours = models.PositiveSmallIntegerField(_("hours to call back in"), default=CALLBACK_HOURS)
    forgotten_days = models.PositiveSmallIntegerField(_("days without a contact"), default=FORGOTTEN_DAYS)
    order_days = models.PositiveSmallIntegerField(_("days for an order to come in"), default=ORDER_DAYS)

    class Meta:
        verbose_name = _("terms of inquiries")
        verbose_name_plural = _("terms of inquiries")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="leak_policy_is_one"),
            models.CheckConstraint(
                condition=models.Q(callback_hours__range=(1, 720)),
                name="leak_callback_hours",
                violation_error_message=_("From 1 to 720 hours."),
            ),
            models.CheckConstraint(
                condition=models.Q(forgotten_days__range=(1, 90)),
                name="leak_forgotten_days",
                violation_error_message=_("From 1 to 90 days."),
            ),
            models.CheckConstraint(
                condition=models.Q(order_days__range=(1, 365)),
                name="leak_order_days",
                violation_error_message=_("From 1 to 365 days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.callback_hours} h, {self.forgotten_days} d, {self.order_days} d"

    @property
    def terms(self) -> Terms:
        return Terms(self.callback_hours, self.forgotten_days, self.order_days)


class OutgoingCall(models.Model):
    """A call to somebody, by the telephony or as the front desk says: it makes a missed inquiry good.

    `told_at` is when the contact log took it over; a row without it is due. A call to nobody known, or by nobody
    known, is marked and leaves no touch.
    """

    source = models.CharField(max_length=50)
    external_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, related_name="calls_out", db_index=False
    )
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, null=True, related_name="calls_out")
    is_answered = models.BooleanField(_("answered"), default=False)
    duration_seconds = models.PositiveIntegerField(null=True)
    note = models.TextField(blank=True, max_length=5000)
    told_at = models.DateTimeField(null=True)

    personal = {"phone": "", "note": ""}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="outgoing_call_once"
            )
        ]
        indexes = [
            models.Index(fields=["phone", "at"], name="outgoing_call_phone", condition=~models.Q(phone="")),
            models.Index(fields=["customer", "at"], name="outgoing_call_customer"),
            models.Index(fields=["id"], name="outgoing_call_due", condition=models.Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id or self.pk}"


class LeakState(models.TextChoices):
    """The classes of `acquisition.rules.leaks`, in words."""

    MISSED = State.MISSED.value, _("Missed")
    UNCAPTURED = State.UNCAPTURED.value, _("Left without a contact")
    FORGOTTEN = State.FORGOTTEN.value, _("Forgotten")
    RECOVERED = State.RECOVERED.value, _("Called back in time")
    IN_WORK = State.IN_WORK.value, _("In work")
    KEPT = State.KEPT.value, _("Followed up")
    ORDERED = State.ORDERED.value, _("Became an order")
    SPAM = State.SPAM.value, _("Spam")


class InquiryStanding(models.Model):
    """The class of each inquiry, concluded by the tick and the night, with what the leak meter groups by.

    hour: of the company's day, 0 to 23. person: who took it, else the owner of its customer. seen_at: the
    inquiry's `updated_at` when it was judged; another one there means that it has to be judged again.
    """

    inquiry = models.OneToOneField(
        Inquiry, on_delete=models.CASCADE, primary_key=True, related_name="standing", db_constraint=False
    )
    happened_on = models.DateField()
    hour = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=InquiryKind.choices)
    channel = models.ForeignKey(
        Channel, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    line = models.CharField(max_length=100, blank=True)
    is_known = models.BooleanField()
    state = models.CharField(max_length=10, choices=LeakState.choices)
    seen_at = models.DateTimeField()

    is_derived = True
    personal = {"line": ""}

    class Meta:
        indexes = [
            # Carries what the leak meter counts, so that a month is read from the index alone.
            models.Index(
                fields=["happened_on"],
                include=["channel", "state", "person", "hour", "is_known", "kind", "line"],
                name="inquiry_standing_day",
            ),
            models.Index(
                fields=["state", "happened_on"],
                name="inquiry_standing_leak",
                condition=models.Q(state__in=["missed", "uncaptured", "forgotten"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.state}"
