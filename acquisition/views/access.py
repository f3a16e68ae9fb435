"""Who enters spend and reads what customers cost."""

from core.access import role_required
from core.roles import Role

marketing = role_required(Role.MARKETER, Role.MANAGER)
# Whoever talks to people who ask.
at_desk = role_required(Role.FARMER, Role.HUNTER, Role.MANAGER)
