"""What happens once when the program starts."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        # Registers what an audience may ask of this app.
        from campaigns import audience_fields  # noqa: F401
