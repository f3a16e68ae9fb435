"""Making and changing channels."""

from typing import Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from acquisition.actions.attribution import count_won
from acquisition.models import Acquisition, Channel, ChannelKind, Inquiry
from core.errors import Conflict, InvalidInput

Saved = Literal["created", "updated", "unchanged"]


@transaction.atomic
def open_channel(*, code: str, name: str, kind: str = ChannelKind.PAID) -> Channel:
    """Make a channel, and count to it the customers whose orders already named its code.

    Raises Conflict where the code is taken, InvalidInput where a value is not acceptable.
    """
    channel, saved = save_channel(code=code, name=name, kind=kind)
    if saved != "created":
        raise Conflict(_("There is a channel with this code."), field="code")
    return channel


@transaction.atomic
def save_channel(*, code: str, name: str, kind: str) -> tuple[Channel, Saved]:
    """Make the channel of this code or change its name and kind. Raises InvalidInput."""
    wanted = Channel(code=code.strip().lower(), name=name.strip(), kind=kind)
    _check(wanted)
    channel, created = Channel.objects.select_for_update().get_or_create(
        code=wanted.code, defaults={"name": wanted.name, "kind": wanted.kind}
    )
    if created:
        named = Q(channel=None)
        Inquiry.objects.filter(named & _tells("channel_code", channel.code)).update(channel=channel)
        if Acquisition.objects.filter(named & _tells("told_code", channel.code)).update(channel=channel):
            count_won()
        return channel, "created"
    if (channel.name, channel.kind) == (wanted.name, wanted.kind):
        return channel, "unchanged"
    channel.name, channel.kind = wanted.name, wanted.kind
    channel.save(update_fields=["name", "kind"])
    return channel, "updated"


def _tells(field: str, code: str) -> Q:
    """What names the channel, alone or with a campaign of it."""
    return Q(**{field: code}) | Q(**{f"{field}__startswith": f"{code}/"})


def _check(channel: Channel) -> None:
    try:
        channel.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(messages[0], field=field) from error
