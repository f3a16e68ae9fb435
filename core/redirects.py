"""Going back to the page that a form names, and never to another site."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def stays_here(request: HttpRequest, address: str) -> bool:
    """Whether the address leads to a page of this installation."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def redirect_back(request: HttpRequest, address: str, otherwise: str) -> HttpResponse:
    """To `address` if it stays here, else to the address `otherwise`.

    Not by `redirect`, which takes a word for the name of a view.
    """
    return HttpResponseRedirect(address if stays_here(request, address) else otherwise)
