"""The campaign that won the customer."""

from django.utils.translation import gettext_lazy as _

from acquisition.models import Campaign
from segmentation.audiences import columns
from segmentation.audiences.registry import Group, register, table

register(
    columns.choice(
        "campaign",
        _("Campaign"),
        Group.ORIGIN,
        column="acquisition__campaign_id",
        choices=table(Campaign, "name"),
        watches=("acquisition_acquisition",),
    )
)
