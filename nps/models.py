"""Invitations and answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import User
from customers.models import Customer, Order
from nps.rules.score import DETRACTOR_TO, PROMOTER_FROM, is_detractor, is_promoter


class Invitation(models.Model):
    """A question after one fulfilled order. The link carries a signed id.

    `source` is empty for a question that was sent from here; an answer that another tool pushes in names
    the tool, and does not count in the response rate.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="nps_invitations")
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="nps_invitation")
    source = models.CharField(_("source"), max_length=50, blank=True)
    created_at = models.DateTimeField(_("invited"))

    personal: dict[str, object] = {}

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="invitation_customer"),
            models.Index(fields=["created_at"], name="invitation_time"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"


class ResponseKind(models.TextChoices):
    PROMOTER = "promoter", _("Promoters")
    PASSIVE = "passive", _("Passives")
    DETRACTOR = "detractor", _("Detractors")


SCORES_OF = {
    ResponseKind.PROMOTER: Q(score__gte=PROMOTER_FROM),
    ResponseKind.PASSIVE: Q(score__gt=DETRACTOR_TO, score__lt=PROMOTER_FROM),
    ResponseKind.DETRACTOR: Q(score__lte=DETRACTOR_TO),
}


class ResponseQuerySet(models.QuerySet["Response"]):
    def for_user(self, user: User) -> "ResponseQuerySet":
        """Answers of the customers that the user may see."""
        if user.is_authenticated and user.sees_whole_base:
            return self
        return self.filter(customer__in=Customer.objects.for_user(user))

    def of_kind(self, kind: str) -> "ResponseQuerySet":
        """Promoters' (9-10), passives' (7-8) or detractors' (0-6) answers."""
        return self.filter(SCORES_OF[ResponseKind(kind)])


class Response(models.Model):
    """How likely the customer is to recommend the company, 0 to 10, and why.

    One per invitation. The customer may correct it for some days: the newest words stand here, the
    earlier score stays in the timeline. `answered_at` is the first answer's moment.
    """

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="response")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="nps_responses")
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True, max_length=5000)
    grade = models.CharField(_("grade then"), max_length=1, blank=True)
    answered_at = models.DateTimeField(_("answered"))
    changed_at = models.DateTimeField(_("corrected"), null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    personal = {"comment": ""}

    class Meta:
        verbose_name = _("NPS answer")
        verbose_name_plural = _("NPS answers")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=10),
                name="score_is_0_to_10",
                violation_error_message=_("The score is a whole number from 0 to 10."),
            )
        ]
        indexes = [
            models.Index(fields=["answered_at"], name="response_time"),
            models.Index(fields=["customer", "-answered_at"], name="response_customer"),
        ]

    def __str__(self) -> str:
        return str(self.score)

    @property
    def kind(self) -> ResponseKind:
        """Promoter, passive or detractor."""
        if is_promoter(self.score):
            return ResponseKind.PROMOTER
        return ResponseKind.DETRACTOR if is_detractor(self.score) else ResponseKind.PASSIVE
