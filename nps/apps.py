"""What happens once when the program starts."""

from django.apps import AppConfig


class NpsConfig(AppConfig):
    name = "nps"

    def ready(self) -> None:
        # Registers what an audience may ask of this app.
        from nps import audience_fields  # noqa: F401
