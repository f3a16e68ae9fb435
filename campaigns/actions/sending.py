"""Sending what is due: claim, check, send, record."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from campaigns.actions.advancing import leave_ordered
from campaigns.actions.claiming import SHORT_PAUSE, claim_due, release
from campaigns.actions.composing import Outgoing, compose
from campaigns.actions.failing import fail, leave_unclear, put_off
from campaigns.actions.gate import Gate, Sent
from campaigns.actions.recording import record_sent
from campaigns.clock import Clock
from campaigns.gateways.email import EmailGateway
from campaigns.gateways.interface import Receipt, Refused, SmsGateway, Unavailable, Unclear
from campaigns.gateways.sms import sms_gateway
from campaigns.models import Delivery, DeliveryState, HeldBack, MessageChannel
from campaigns.queries.permission import circumstances
from campaigns.queries.recipients import facts_about
from campaigns.rules.decision import SEND, Fate, Verdict, decide
from campaigns.rules.liquid_text import TemplateFaultError

logger = logging.getLogger(__name__)
# After so many unclear ones in a row something is wrong with the gateway: do not try it on everybody.
UNCLEAR_IN_A_ROW = 3
_STATES = {
    Fate.WAIT: DeliveryState.DUE,
    Fate.HOLD_BACK: DeliveryState.HELD_BACK,
    Fate.CANCEL: DeliveryState.CANCELLED,
}


def send_due(*, now: datetime, sender: str, limit: int = 100, seconds: float = 50.0) -> Counter[str]:
    """Send one batch of due messages within `seconds`; returns how many were claimed, and became what.

    `sender` names this process for once and all (host, process, a random part). The batch takes no
    transaction of its own: each message is committed as being sent before its gateway is called.
    """
    tally: Counter[str] = Counter()
    deliveries = claim_due(now=now, sender=sender, limit=limit)
    tally["claimed"] = len(deliveries)
    if deliveries:
        ready = _settle(deliveries, sender, now, tally)
        with Gate(sender) as gate:
            courier = _Courier(sender, gate, Clock(now), seconds, tally)
            try:
                courier.deliver(ready)
            finally:
                courier.close()
    record_sent()
    return tally


def _settle(deliveries: Sequence[Delivery], sender: str, now: datetime, tally: Counter[str]) -> list[Outgoing]:
    """Write down those that do not go now; return the others, composed."""
    facts = facts_about(deliveries, now)
    ready: list[Outgoing] = []
    stopped: dict[tuple[Verdict, str], list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        verdict, fault = decide(circumstances(delivery, facts, now)), ""
        if verdict == SEND:
            try:
                ready.append(compose(delivery, facts))
                continue
            except TemplateFaultError as error:
                verdict, fault = Verdict(Fate.HOLD_BACK, HeldBack.NO_TEMPLATE), str(error)
        stopped[verdict, fault].append(delivery)
    for (verdict, fault), rows in stopped.items():
        tally[_STATES[verdict.fate]] += _stop(verdict, fault, rows, sender)
    ordered = [row.enrolment_id for (v, _), rows in stopped.items() if v.reason == "ordered" for row in rows]
    if ordered:
        leave_ordered(now=now, enrolment_ids=[pk for pk in ordered if pk])
    return ready


def _stop(verdict: Verdict, fault: str, rows: Iterable[Delivery], sender: str) -> int:
    claimed = Delivery.objects.filter(pk__in=[row.pk for row in rows], claimed_by=sender, state=DeliveryState.CLAIMED)
    fields: dict[str, object] = {"claimed_by": "", "lease_until": None, "error": fault}
    if verdict.fate is Fate.WAIT:
        return claimed.update(state=DeliveryState.DUE, due_at=verdict.until, **fields)
    return claimed.update(state=_STATES[verdict.fate], held_back=verdict.reason, **fields)


class _Courier:
    """Takes composed messages to their gateways one by one."""

    def __init__(self, sender: str, gate: Gate, clock: Clock, seconds: float, tally: Counter[str]) -> None:
        self._sender = sender
        self._gate = gate
        self._clock = clock
        self._seconds = seconds
        self._tally = tally
        self._email = EmailGateway()
        self._sms: SmsGateway | None = None
        self._done: Sent | None = None
        self._closed_channels: set[str] = set()
        self._unclear_in_a_row = 0

    def deliver(self, ready: Sequence[Outgoing]) -> None:
        """Send each, unless its permission went meanwhile, its gateway is out, or time is up."""
        left = []
        for outgoing in ready:
            if not (self._may_go_on(outgoing) and self._begin(outgoing)):
                left.append(outgoing.delivery.pk)
                continue
            self._send(outgoing)
        self._record_last()
        if left:
            until = self._clock.now + SHORT_PAUSE
            self._tally[DeliveryState.DUE] += release(delivery_ids=left, sender=self._sender, until=until)

    def close(self) -> None:
        """Record what was sent last, even when something else has gone wrong; hang up."""
        try:
            self._record_last()
        finally:
            self._email.close()

    def _may_go_on(self, outgoing: Outgoing) -> bool:
        channel = outgoing.delivery.channel
        if self._clock.seconds > self._seconds or channel in self._closed_channels:
            return False
        try:
            self._open(channel)
        except Unavailable as error:
            logger.warning("gateway unavailable", extra={"channel": channel, "error": str(error)})
            self._closed_channels.add(channel)
            return False
        return True

    def _open(self, channel: str) -> None:
        if channel == MessageChannel.EMAIL:
            self._email.open()
        elif self._sms is None:
            self._sms = sms_gateway()

    def _begin(self, outgoing: Outgoing) -> bool:
        """Write down that the message is about to go, while its envelope is already on the way."""
        if outgoing.delivery.channel == MessageChannel.EMAIL:
            self._email.announce(outgoing.email)
        begun = self._gate.begin(outgoing=outgoing, now=self._clock.now, done=self._done)
        self._done = None
        if not begun:
            self._email.retract()
        return begun

    def _send(self, outgoing: Outgoing) -> None:
        try:
            receipt = self._hand_over(outgoing)
        except Refused as error:
            fail(outgoing=outgoing, sender=self._sender, now=self._clock.now, error=error)
            self._tally[DeliveryState.FAILED] += 1
        except Unavailable as error:
            state = put_off(outgoing=outgoing, sender=self._sender, now=self._clock.now, error=error)
            self._tally[state] += 1
            if error.whole:
                self._closed_channels.add(outgoing.delivery.channel)
        except Unclear as error:
            self._leave_unclear(outgoing, error)
        except Exception as error:
            # A fault of ours in the middle of a conversation: nobody knows how far it got.
            logger.exception("sending failed", extra={"delivery": outgoing.delivery.pk})
            self._leave_unclear(outgoing, Unclear(f"{type(error).__name__}: {error}"))
        else:
            self._unclear_in_a_row = 0
            self._done = Sent(outgoing.delivery.pk, self._clock.now, receipt)
            self._tally[DeliveryState.SENT] += 1

    def _leave_unclear(self, outgoing: Outgoing, error: Unclear) -> None:
        leave_unclear(outgoing=outgoing, sender=self._sender, error=error)
        self._tally[DeliveryState.AMBIGUOUS] += 1
        self._unclear_in_a_row += 1
        if self._unclear_in_a_row >= UNCLEAR_IN_A_ROW:
            self._closed_channels.add(outgoing.delivery.channel)

    def _hand_over(self, outgoing: Outgoing) -> Receipt:
        if outgoing.delivery.channel == MessageChannel.SMS:
            return (self._sms or sms_gateway()).send(outgoing.address, outgoing.content.text)
        return self._email.send(outgoing.email)

    def _record_last(self) -> None:
        if self._done is not None:
            done, self._done = self._done, None
            self._gate.record(done)
