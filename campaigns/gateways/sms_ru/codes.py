"""What the status codes of SMS.ru mean for a message (its documentation of /sms/send)."""

from campaigns.gateways.interface import GatewayError, Refused, Unavailable

ACCEPTED = 100

# The number cannot be written to: 202 wrong recipient, 207 no route, 214 abroad.
_BAD_NUMBER = frozenset({202, 207, 214})
# The message cannot be sent: 203 no text, 205 too long, 208 bad time, 209 on the account's stop list, 212 encoding.
_BAD_MESSAGE = frozenset({203, 205, 208, 209, 212, 213})
# Limits per number and day or minute, which pass: 230 to 233; 500 is the service's own failure.
_LATER = frozenset({230, 231, 232, 233, 500})
# Everything else is about the account (200 key, 201 money, 204 sender, 206 daily limit, 220 service closed,
# 300 to 305 log-in), so that no other message would go either until a person has mended it.


def error_of(code: int, words: str) -> GatewayError:
    """The error of a code other than 100; the service did answer, so nothing is unclear."""
    text = f"SMS.ru {code}: {words}" if words else f"SMS.ru {code}"
    if code in _BAD_NUMBER:
        return Refused(text, address_fault=True)
    if code in _BAD_MESSAGE:
        return Refused(text)
    return Unavailable(text, whole=code not in _LATER)
