"""Making and changing sites and forms."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from core.models import User
from customers.models import ConsentText
from webforms.models import Form, FormField, Site
from webforms.rules.addresses import origin_of
from webforms.rules.submission import CONTACTS

MAX_ORIGINS = 20
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class FormData:
    """What a form asks and says; texts by language."""

    name: str
    fields: Sequence[str]
    required: Sequence[str] = ()
    title_ru: str = ""
    title_en: str = ""
    thanks_ru: str = ""
    thanks_en: str = ""
    redirect_ru: str = ""
    redirect_en: str = ""
    privacy_url: str = ""
    channel_code: str = ""
    is_active: bool = True


@transaction.atomic
def save_site(
    *, site_id: int | None, name: str, origins: Sequence[str], reports_visits: bool, is_active: bool, by: User
) -> Site:
    """Make a site or change one. Raises InvalidInput for an address that is none."""
    found = [origin_of(address) for address in origins]
    if not found or None in found or len(found) > MAX_ORIGINS:
        raise InvalidInput(
            _("Give the addresses of the site, such as https://shop.example, one a line."), field="origins"
        )
    site = Site.objects.select_for_update().get(pk=site_id) if site_id else Site(key=_code(16), created_by=by)
    site.name, site.origins = name, list(dict.fromkeys(filter(None, found)))
    site.reports_visits, site.is_active = reports_visits, is_active
    site.save()
    return site


@transaction.atomic
def save_form(*, site: Site, form_id: int | None, data: FormData, consent: str, by: User) -> Form:
    """Make a form or change one. Other words of consent are a new version of the text. Raises InvalidInput."""
    fields = [field for field in FormField.values if field in data.fields]
    if not set(fields) & set(CONTACTS):
        raise InvalidInput(_("Ask for a phone or an e-mail: else there is nothing to answer to."), field="fields")
    form = Form.objects.select_for_update().get(pk=form_id, site=site) if form_id else None
    form = form or Form(site=site, code=_code(10), created_by=by)
    for name in FormData.__slots__:
        setattr(form, name, getattr(data, name))
    form.fields = fields
    form.required = [field for field in fields if field in data.required]
    form.consent_text = _consent_text(form, consent.strip(), by)
    form.save()
    return form


def _consent_text(form: Form, body: str, by: User) -> ConsentText | None:
    if not body:
        return None
    present = form.consent_text
    if present is not None and present.body == body:
        return present
    known = ConsentText.objects.filter(version__startswith=f"{form.source}-").count()
    return ConsentText.objects.create(version=f"{form.source}-{known + 1}", body=body, created_by=by)


def _code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(length))
