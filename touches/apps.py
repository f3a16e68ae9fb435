"""What happens once when the program starts."""

from django.apps import AppConfig


class TouchesConfig(AppConfig):
    name = "touches"

    def ready(self) -> None:
        # Registers what an audience may ask of this app.
        from touches import audience_fields  # noqa: F401
