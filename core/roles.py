"""Roles, and which of them see the whole base."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does in the company. `integration` users act through tokens only."""

    FARMER = "farmer", _("Farmer")
    HUNTER = "hunter", _("Hunter")
    MARKETER = "marketer", _("Marketer")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    INTEGRATION = "integration", _("Integration")


# Whoever talks to customers.
WITH_CUSTOMERS = frozenset({Role.FARMER, Role.HUNTER, Role.MANAGER})
SEES_WHOLE_BASE = frozenset({Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR, Role.INTEGRATION})
