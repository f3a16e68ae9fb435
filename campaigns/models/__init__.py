"""Templates, flows and deliveries."""

from campaigns.models.delivery import Delivery, DeliveryState, HeldBack, OutboxMessage, Suppression
from campaigns.models.flow import Enrolment, EnrolmentState, ExitReason, Flow, FlowStep, FlowTrigger, StepKind
from campaigns.models.template import MessageChannel, MessageTemplate, Purpose

__all__ = [
    "Delivery",
    "DeliveryState",
    "Enrolment",
    "EnrolmentState",
    "ExitReason",
    "Flow",
    "FlowStep",
    "FlowTrigger",
    "HeldBack",
    "MessageChannel",
    "MessageTemplate",
    "OutboxMessage",
    "Purpose",
    "StepKind",
    "Suppression",
]
