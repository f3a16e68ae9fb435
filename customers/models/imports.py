"""Files that people bring in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", pgettext_lazy("import", "To be set up")
    WAITING = "waiting", pgettext_lazy("import", "Waiting")
    RUNNING = "running", pgettext_lazy("import", "Running")
    DONE = "done", pgettext_lazy("import", "Done")
    FAILED = "failed", pgettext_lazy("import", "Failed")
    STOPPED = "stopped", pgettext_lazy("import", "Stopped")
    UNDOING = "undoing", pgettext_lazy("import", "Being undone")
    UNDONE = "undone", pgettext_lazy("import", "Undone")


class ImportMode(models.TextChoices):
    BOTH = "both", _("Create and update")
    CREATE = "create", _("Only create")
    UPDATE = "update", _("Only update")


class ImportJob(models.Model):
    """One file on its way into the base: a due row that the worker claims and works off in portions.

    `position` is how many rows are committed, so that a run cut short goes on from there. `mapping` is what
    `customers.actions.imports.mapping.parse_mapping` takes. `report` is the Report as a dict.
    """

    kind = models.CharField(_("what is in the file"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    file = models.CharField(max_length=300, help_text=_("Path under the folder of imports."))
    name = models.CharField(_("file"), max_length=255)
    size = models.BigIntegerField()
    mapping = models.JSONField(default=dict)
    mode = models.CharField(_("rows"), max_length=6, choices=ImportMode.choices, default=ImportMode.BOTH)
    key = models.CharField(_("known by"), max_length=20, blank=True)
    is_dry_run = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    runs = models.PositiveSmallIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    change_set = models.ForeignKey("core.ChangeSet", on_delete=models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="corrections")

    # Rows that were refused stand in the report.
    personal_mentions = ("report", "error")
    personal = {"report": {}, "error": ""}

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], name="import_due", condition=Q(state__in=["waiting", "running", "undoing"]))
        ]

    def __str__(self) -> str:
        return self.name


class SavedMapping(models.Model):
    """How files of one kind are read, under a name."""

    kind = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=60)
    mapping = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                name="saved_mapping_once",
                violation_error_message=_("There is a mapping of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
