"""Which channels reach the invented customers, and what they allowed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EMAIL_SHARE, PHONE_SHARE = 0.88, 0.95
EMAIL_CONSENT, PHONE_CONSENT = 0.74, 0.66
BOUNCED_SHARE = 0.02
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """Per customer: the addresses they gave, whether the e-mail bounces, and the marketing they allowed."""

    email: Flags
    phone: Flags
    bounced: Flags
    email_consent: Flags
    phone_consent: Flags

    @property
    def by_email(self) -> Flags:
        """Who can be sent an e-mail."""
        return self.email & ~self.bounced

    @property
    def by_marketing(self) -> Flags:
        """Who can be sent an advertising e-mail or SMS."""
        return (self.by_email & self.email_consent) | (self.phone & self.phone_consent)


def draw_reach(rng: np.random.Generator, count: int) -> Reach:
    """Everybody has an e-mail or a phone, most have both."""
    phone = rng.random(count) < PHONE_SHARE
    email = (rng.random(count) < EMAIL_SHARE) | ~phone
    return Reach(
        email=email,
        phone=phone,
        bounced=email & (rng.random(count) < BOUNCED_SHARE),
        email_consent=email & (rng.random(count) < EMAIL_CONSENT),
        phone_consent=phone & (rng.random(count) < PHONE_CONSENT),
    )
