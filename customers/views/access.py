"""Who brings files in."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from core.access import role_required
from core.roles import Role
from customers.models import ImportJob
from customers.queries.imports import imports_seen_by

importing = role_required(Role.MANAGER)


def job_or_404(request: HttpRequest, pk: int) -> ImportJob:
    """The import that the address names."""
    return get_object_or_404(imports_seen_by(request.user), pk=pk)
