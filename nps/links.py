"""The link of an invitation: signed, without log-in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SIGNER = signing.Signer(salt="nps.invitation", sep=".")


def answer_token(invitation_id: int) -> str:
    """Token such as "15.R3k…"; the age is judged by the invitation's own date."""
    return _SIGNER.sign(str(invitation_id))


def read_token(token: str) -> int | None:
    """The invitation's id; None unless the token is ours, unchanged."""
    try:
        return int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def answer_url(invitation_id: int) -> str:
    """The address for the message, with the public address of this installation."""
    return settings.PUBLIC_URL + reverse("nps_answer", args=[answer_token(invitation_id)])
