"""Who enters spend and reads what customers cost."""

from core.access import role_required
from core.roles import WITH_CUSTOMERS, Role

marketing = role_required(Role.MARKETER, Role.MANAGER)
at_desk = role_required(*WITH_CUSTOMERS)
