"""People, tokens and the record of nights."""

import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.roles import SEES_WHOLE_BASE, Role


class Theme(models.TextChoices):
    AUTO = "auto", _("As in the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Language(models.TextChoices):
    RUSSIAN = "ru", "Русский"
    ENGLISH = "en", "English"


class People(UserManager["User"]):
    """Accounts are known by e-mail; the user name is the e-mail too."""

    def create_person(self, *, email: str, password: str | None, role: str, name: str, **fields) -> "User":
        """Create an account; without a password it cannot log in."""
        return self.create_user(username=email, email=email, password=password, role=role, first_name=name, **fields)

    def create_superuser(self, *args: Any, **fields: Any) -> "User":
        """What Django calls so is an administrator here."""
        return super().create_superuser(*args, **fields, role=Role.ADMINISTRATOR)


class User(AbstractUser):
    """A person of the company, or an integration."""

    email = models.EmailField(_("e-mail"), unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.FARMER)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default=Language.RUSSIAN)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    may_export = models.BooleanField(
        _("may export"), default=False, db_default=False, help_text=_("May take lists of customers out as files.")
    )

    objects: ClassVar[People] = People()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Django's own two flags follow the role, or a former administrator would keep them.

        An administrator gives the right to export, and always has it.
        """
        self.is_staff = self.is_superuser = self.role == Role.ADMINISTRATOR
        self.may_export = self.may_export or self.is_superuser
        if update_fields is not None and "role" in update_fields:
            update_fields = {*update_fields, "is_staff", "is_superuser", "may_export"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def sees_whole_base(self) -> bool:
        return self.role in SEES_WHOLE_BASE

    def has_role(self, *roles: str) -> bool:
        """Whether the user has one of the roles; administrators have them all."""
        return self.role == Role.ADMINISTRATOR or self.role in roles


class SavedView(models.Model):
    """A list as a person wants to see it again: the part of its address after the question mark."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=50)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a token may do through the API."""

    ORDERS_READ = "orders:read", _("Read orders")
    ORDERS_WRITE = "orders:write", _("Write orders")
    CUSTOMERS_READ = "customers:read", _("Read customers")
    CUSTOMERS_WRITE = "customers:write", _("Write customers")
    PRODUCTS_READ = "products:read", _("Read products")
    PRODUCTS_WRITE = "products:write", _("Write products")
    OBLIGATIONS_READ = "obligations:read", _("Read obligations")
    OBLIGATIONS_WRITE = "obligations:write", _("Write obligations")
    EVENTS_READ = "events:read", _("Read timeline events")
    EVENTS_WRITE = "events:write", _("Write timeline events")
    SPEND_READ = "spend:read", _("Read spend")
    SPEND_WRITE = "spend:write", _("Write spend")
    INQUIRIES_READ = "inquiries:read", _("Read inquiries")
    INQUIRIES_WRITE = "inquiries:write", _("Write inquiries")
    NPS_READ = "nps:read", _("Read NPS answers")
    NPS_WRITE = "nps:write", _("Write NPS answers")


class ApiToken(models.Model):
    """A bearer token of an integration. Only its digest is kept: the token is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("scopes"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()


class IdempotencyKey(models.Model):
    """The answer given to a request that carried an `Idempotency-Key`, to be given again."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)  # JSON as text
    created_at = models.DateTimeField(auto_now_add=True)

    # An answer may name the customer; without it the same request is simply done once more.
    personal_mentions = ("body",)
    is_personal = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]


class ChangeKind(models.TextChoices):
    IMPORT = "import", _("Import")
    MERGE = "merge", _("Merge of two cards")
    HANDOVER = "handover", _("Hand-over of customers")
    BULK_EDIT = "bulk_edit", _("Change of many customers")
    UNDO = "undo", _("Undo")


class ChangeSet(models.Model):
    """Changes that were made as one whole and can be undone as one."""

    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["kind", "-at"], name="change_set_kind")]


class IdRangesField(models.Field):
    """PostgreSQL's int8multirange; read and written by the database only."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return "int8multirange"


class Change(models.Model):
    """One changed row (U), one deleted row (D), or the rows that one statement inserted (I); written by triggers.

    `before` and `after` of an update hold the columns that changed. Rows inserted by a change set are `ids`.
    Without keys in the database: a change outlives what it tells of.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    origin = models.CharField(max_length=20)
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="changes"
    )
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    operation = models.CharField(max_length=1)
    ids = IdRangesField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["customer_id", "-id"], name="change_customer", condition=models.Q(customer_id__isnull=False)
            ),
            models.Index(fields=["table_name", "row_id", "-id"], name="change_row"),
            models.Index(
                fields=["change_set", "table_name", "-id"],
                name="change_of_set",
                condition=models.Q(change_set__isnull=False),
            ),
        ]


class StepState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Night(models.Model):
    """One nightly run: at most one per date, whatever is started twice."""

    date = models.DateField(_("date"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=StepState.choices, default=StepState.RUNNING)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        ordering = ["-date"]


class NightStep(models.Model):
    """One step of a night, with its time and result, or its error."""

    night = models.ForeignKey(Night, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=50)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.RUNNING)
    seconds = models.FloatField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["night", "name"], name="step_once_per_night")]
