"""Saved audiences, their versions, and who belongs to those that are watched."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import User
from core.roles import Role
from customers.models import Customer


class AudienceKind(models.TextChoices):
    DYNAMIC = "dynamic", pgettext_lazy("kind of audience", "By conditions")
    STATIC = "static", pgettext_lazy("kind of audience", "A fixed list")


class AudienceQuerySet(models.QuerySet["Audience"]):
    def for_user(self, user: User) -> "AudienceQuerySet":
        """One's own and the shared ones; a manager and a marketer see all."""
        if not user.is_authenticated:
            return self.none()
        if user.has_role(Role.MANAGER, Role.MARKETER):
            return self
        return self.filter(Q(owner=user) | Q(is_shared=True))

    def in_use(self) -> "AudienceQuerySet":
        """Those that were not put away."""
        return self.filter(archived_at__isnull=True)

    def watched(self) -> "AudienceQuerySet":
        """Dynamic ones whose members are kept, because somebody or a flow wants to know who enters and leaves."""
        return self.in_use().filter(Q(is_watched=True) | Q(in_flow=True), kind=AudienceKind.DYNAMIC)


class Audience(models.Model):
    """Customers who meet a tree of conditions, or a fixed list of them.

    `watches` (tables) and `is_timed` are concluded from the tree when it is saved. Whom a reader sees in it is
    decided when it is read: only customers whom they may see.
    """

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("what it is for"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=AudienceKind.choices, default=AudienceKind.DYNAMIC)
    tree = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="audiences", verbose_name=_("owner")
    )
    is_shared = models.BooleanField(_("shared"), default=False)
    is_watched = models.BooleanField(_("watched"), default=False)
    in_flow = models.BooleanField(default=False, help_text="An active flow lets its customers in; campaigns writes it.")
    is_timed = models.BooleanField(default=False, help_text="Membership may change by the day alone.")
    watches = ArrayField(models.CharField(max_length=63), default=list, help_text="Tables that decide it.")
    created_at = models.DateTimeField(pgettext_lazy("audience", "created"))
    updated_at = models.DateTimeField(pgettext_lazy("audience", "updated"))
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="audience_name_once",
                condition=Q(archived_at__isnull=True),
                violation_error_message=_("You have an audience of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_static(self) -> bool:
        return self.kind == AudienceKind.STATIC

    @property
    def keeps_members(self) -> bool:
        """Whether its members stand in a table."""
        return self.is_static or self.is_watched or self.in_flow


class AudienceVersion(models.Model):
    """Append-only: a tree as it once was. Bringing it back makes a new version of it."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    tree = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["audience", "number"], name="audience_version_once")]


class AudienceMember(models.Model):
    """A customer in a fixed list, or in a watched audience as far as the ticks have looked."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="audience_memberships")
    since = models.DateTimeField()

    # A customer whose import is undone goes from every list; a merged card's place is the surviving one's.
    goes_with_customer = True
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "customer"], name="audience_member_once")]


class AudienceChange(models.Model):
    """Append-only: a customer entered a watched audience, or left it."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="changes", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="audience_changes")
    entered = models.BooleanField()
    at = models.DateTimeField()

    goes_with_customer = True
    personal: dict[str, object] = {}

    class Meta:
        indexes = [models.Index(fields=["audience", "customer", "-at"], name="audience_change")]


class AudienceDue(models.Model):
    """A customer whose place in the watched audiences is to be looked at again; without one, everybody.

    Written by triggers (segmentation/audiences/bell.py). Append-only and without a unique key, as StaleMark.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)

    is_derived = True
    handed_out = False
