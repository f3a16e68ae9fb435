"""E-mails shown inside a page: foreign HTML, so it gets no script, no network and no way out of its frame."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpResponse

# Links may open a new window, so that one can try the unsubscribing link of a demonstration.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
frame_policy = csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "sandbox": SANDBOX.split(),
    }
)


def framed(html: str) -> HttpResponse:
    """The e-mail's HTML as the content of a frame; its links open outside."""
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1) or "<!doctype html>")
