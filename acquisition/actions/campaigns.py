"""Making and changing campaigns."""

from datetime import date
from typing import Literal

from django.core.exceptions import ValidationError
from django.db import transaction

from acquisition.actions.attribution import count_won
from acquisition.models import Acquisition, Campaign, Channel
from core.errors import InvalidInput

Saved = Literal["created", "updated", "unchanged"]


@transaction.atomic
def save_campaign(
    *, channel: Channel, code: str, name: str, starts_on: date | None = None, ends_on: date | None = None
) -> tuple[Campaign, Saved]:
    """Make the channel's campaign of this code, or change its name and days.

    A new one gets the customers whose orders already named it. Raises InvalidInput, naming the field.
    """
    told = {"name": name.strip(), "starts_on": starts_on, "ends_on": ends_on}
    wanted = Campaign(channel=channel, code=code.strip().lower(), **told)
    _check(wanted)
    campaign, created = Campaign.objects.select_for_update().get_or_create(
        channel=channel, code=wanted.code, defaults=told
    )
    if created:
        named = Acquisition.objects.filter(campaign=None, channel=channel, told_code=f"{channel.code}/{campaign.code}")
        if named.update(campaign=campaign):
            count_won()
        return campaign, "created"
    if (campaign.name, campaign.starts_on, campaign.ends_on) == tuple(told.values()):
        return campaign, "unchanged"
    Campaign.objects.filter(pk=campaign.pk).update(**told)
    campaign.refresh_from_db()
    return campaign, "updated"


def _check(campaign: Campaign) -> None:
    try:
        campaign.clean_fields(exclude=["channel"])
        campaign.validate_constraints(exclude=["channel"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(messages[0], field="ends_on" if field == "__all__" else field) from error
