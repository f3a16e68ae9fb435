"""Addresses and consents of known customers, in and out."""

from rest_framework import serializers

from core.api_schema import Body
from customers.api.schemas.shared import NameIn
from customers.models import Consent, ConsentAction, ContactChannel, ContactPoint, ContactStatus


class ContactOfIn(Body):
    channel = serializers.ChoiceField(ContactChannel.choices)
    value = serializers.CharField(max_length=254)
    status = serializers.ChoiceField(ContactStatus.choices, required=False, help_text="Not told: as it is.")


class ContactRowIn(ContactOfIn):
    customer = NameIn()


class ContactRowsIn(Body):
    contacts = ContactRowIn(many=True)


class ContactRowOut(serializers.ModelSerializer):
    class Meta:
        model = ContactPoint
        fields = ["id", "customer", "channel", "value", "status", "person", "created_at", "updated_at"]


class ConsentRowIn(Body):
    source = serializers.CharField(max_length=50, help_text="The system that tells it.")
    customer = NameIn()
    channel = serializers.ChoiceField(ContactChannel.choices)
    action = serializers.ChoiceField(ConsentAction.choices, default=ConsentAction.GRANTED)
    at = serializers.DateTimeField(required=False, help_text="When it was given. Without a zone: in the company's.")
    proof = serializers.CharField(max_length=2000, required=False, help_text="Where and how it was given.")
    text_version = serializers.CharField(max_length=40, required=False, help_text="Which words were agreed to.")


class ConsentRowsIn(Body):
    consents = ConsentRowIn(many=True)


class ConsentOut(serializers.ModelSerializer):
    class Meta:
        model = Consent
        fields = ["id", "customer", "channel", "action", "at", "source", "proof", "text_version", "created_at"]
