"""The usual addresses, and two that fail."""

from django.urls import path

from core.errors import Conflict
from crm.urls import urlpatterns as usual


def refuse(request):
    raise Conflict("The <b>code</b> is taken.")


def break_down(request):
    raise RuntimeError("secret detail")


urlpatterns = [*usual, path("refuse/", refuse), path("break/", break_down)]
