"""Who the customers are, how to reach them, what they bought, what was promised to them."""

from customers.models.contacts import (
    Address,
    AddressKind,
    Consent,
    ConsentAction,
    ConsentText,
    ContactChannel,
    ContactPerson,
    ContactPoint,
    ContactStatus,
)
from customers.models.customer import Customer, CustomerKind, ExternalRef, MergedCustomer
from customers.models.duplicates import CandidateState, DuplicateCandidate, DuplicateDue, DuplicateKey, DuplicatePolicy
from customers.models.guard import AccessEntry, AccessKind, AccessLimit
from customers.models.imports import ImportJob, ImportMode, ImportState, SavedMapping
from customers.models.labels import CustomerTag, CustomField, FieldKind, Tag
from customers.models.obligation import Obligation, ObligationKind, ObligationState
from customers.models.order import Order, OrderLine, OrderStatus
from customers.models.personal import ErasedIdentity
from customers.models.product import Product, ProductCategory
from customers.models.timeline import EventKind, ServiceCost, StaleMark, TimelineEvent

__all__ = [
    "AccessEntry",
    "AccessKind",
    "AccessLimit",
    "Address",
    "AddressKind",
    "CandidateState",
    "Consent",
    "ConsentAction",
    "ConsentText",
    "ContactChannel",
    "ContactPerson",
    "ContactPoint",
    "ContactStatus",
    "CustomField",
    "Customer",
    "CustomerKind",
    "CustomerTag",
    "DuplicateCandidate",
    "DuplicateDue",
    "DuplicateKey",
    "DuplicatePolicy",
    "ErasedIdentity",
    "EventKind",
    "ExternalRef",
    "FieldKind",
    "ImportJob",
    "ImportMode",
    "ImportState",
    "MergedCustomer",
    "Obligation",
    "ObligationKind",
    "ObligationState",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Product",
    "ProductCategory",
    "SavedMapping",
    "ServiceCost",
    "StaleMark",
    "Tag",
    "TimelineEvent",
]
