"""Competitors: added, worded anew, taken out of use."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from market.models import Competitor

MOST = 200


def add_competitor(*, name: str, website: str = "", note: str = "") -> Competitor:
    """Add a competitor. Raises InvalidInput without a name, Conflict where there is one of that name."""
    if Competitor.objects.filter(is_active=True).count() >= MOST:
        raise Conflict(_("There are %(most)s competitors already. Take one out of use first.") % {"most": MOST})
    return _keep(Competitor(), name=name, website=website, note=note, is_active=True)


def change_competitor(*, competitor_id: int, name: str, website: str, note: str, is_active: bool) -> Competitor:
    """Change what is known of a competitor, or take it out of use. Raises NotFound, InvalidInput, Conflict."""
    competitor = Competitor.objects.filter(pk=competitor_id).first()
    if competitor is None:
        raise NotFound(_("There is no such competitor."))
    return _keep(competitor, name=name, website=website, note=note, is_active=is_active)


def _keep(competitor: Competitor, *, name: str, website: str, note: str, is_active: bool) -> Competitor:
    competitor.name = " ".join(name.split())
    if not competitor.name:
        raise InvalidInput(_("Give the competitor a name."), field="name")
    competitor.website, competitor.note, competitor.is_active = website, note.strip(), is_active
    try:
        with transaction.atomic():
            competitor.save()
    except IntegrityError as error:
        text = _("There is a competitor with this name already; perhaps it is out of use.")
        raise Conflict(text, field="name") from error
    return competitor
