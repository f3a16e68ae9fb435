"""API tokens: made here, shown once, revoked here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.actions import integration_user
from core.forms import TokenForm
from core.models import ApiToken
from core.roles import Role
from core.tokens import issue_token, revoke_token


@role_required(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """The tokens (GET); a new one, which this answer alone shows (POST)."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        user = integration_user(name=name)
        _row, secret = issue_token(user=user, name=name, scopes=scopes, created_by=request.user)
        form = TokenForm()
    tokens = ApiToken.objects.select_related("created_by").order_by("revoked_at", "-created_at")
    context = {"form": form, "secret": secret, "tokens": tokens}
    return render(request, "core/tokens.html", context, status=422 if form.is_bound else 200)


@role_required(Role.ADMINISTRATOR)
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a token; the page has asked before."""
    token = get_object_or_404(ApiToken, pk=pk)
    revoke_token(token=token, at=timezone.now())
    messages.success(request, _("The token “%(name)s” no longer works.") % {"name": token.name})
    return redirect("token_list")
