"""Log-in rules: accounts are made by an administrator, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002
        return False

    def is_safe_url(self, url: str) -> bool:
        """As allauth decides; what is no address at all is not safe either."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False
