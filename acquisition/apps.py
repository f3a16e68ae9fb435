"""The app, and what it adds to the ways in."""

from django.apps import AppConfig


class AcquisitionConfig(AppConfig):
    name = "acquisition"

    def ready(self) -> None:
        """Let files of inquiries and spend be brought in."""
        from acquisition.actions.imports import register_kinds

        register_kinds()
