"""Programs that call the API."""

from rest_framework.test import APIClient

from core.models import Scope, User
from core.tokens import issue_token


def client_of(user: User, *scopes: str) -> APIClient:
    """A client with a token of the user; with every scope unless some are named."""
    token = issue_token(user=user, name="t", scopes=list(scopes or Scope.values), created_by=user)[1]
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
