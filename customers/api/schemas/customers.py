"""Customers with everything on their card, in and out."""

from rest_framework import serializers

from core.api_schema import Body
from core.models import Language
from customers.models import (
    Address,
    AddressKind,
    ConsentAction,
    ContactChannel,
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerKind,
    ExternalRef,
)


class ContactIn(Body):
    channel = serializers.ChoiceField(ContactChannel.choices)
    value = serializers.CharField(max_length=254)


class ConsentIn(Body):
    channel = serializers.ChoiceField(ContactChannel.choices)
    action = serializers.ChoiceField(ConsentAction.choices, default=ConsentAction.GRANTED)
    at = serializers.DateTimeField(required=False)
    proof = serializers.CharField(max_length=2000, required=False, help_text="Where and how it was given.")
    text_version = serializers.CharField(max_length=40, required=False, help_text="Which words were agreed to.")


class CustomerIn(Body):
    external_id = serializers.CharField(max_length=200, required=False, help_text="The id in the source.")
    kind = serializers.ChoiceField(CustomerKind.choices, required=False)
    name = serializers.CharField(max_length=300, required=False)
    phone = serializers.CharField(required=False, help_text="In any form; 8 912 … is Russian by default.")
    email = serializers.EmailField(required=False)
    contacts = ContactIn(many=True, required=False)
    city = serializers.CharField(max_length=200, required=False)
    language = serializers.ChoiceField(Language.choices, required=False)
    time_zone = serializers.CharField(required=False, help_text="Such as Asia/Yekaterinburg.")
    channel = serializers.CharField(max_length=50, required=False, help_text="Code of the channel.")
    consents = ConsentIn(many=True, required=False)


class AddressIn(Body):
    kind = serializers.ChoiceField(AddressKind.choices, default=AddressKind.DELIVERY)
    country = serializers.RegexField("^[A-Za-z]{2}$", required=False, help_text="Two letters, such as RU.")
    postcode = serializers.CharField(max_length=20, required=False)
    city = serializers.CharField(max_length=200, required=False)
    line = serializers.CharField(max_length=500, help_text="Street, house, flat.")


class PersonIn(Body):
    name = serializers.CharField(max_length=300)
    role = serializers.CharField(max_length=100, required=False, help_text="Director, buyer, accountant.")
    note = serializers.CharField(max_length=500, required=False)


class CustomerPush(CustomerIn):
    source = serializers.CharField(max_length=50, help_text="The system that tells it.")
    tax_number = serializers.CharField(max_length=30, required=False, help_text="Of a Russian company: its INN.")
    birthday = serializers.DateField(required=False)
    owner = serializers.EmailField(required=False, help_text="Who looks after the customer.")
    tags = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, required=False)
    custom = serializers.DictField(required=False, help_text="Own fields of the company, by code.")
    addresses = AddressIn(many=True, required=False)
    people = PersonIn(many=True, required=False, help_text="Whom one talks to in a company.")


class CustomersIn(Body):
    customers = CustomerPush(many=True)


class ContactOut(serializers.ModelSerializer):
    class Meta:
        model = ContactPoint
        fields = ["channel", "value", "status"]


class RefOut(serializers.ModelSerializer):
    class Meta:
        model = ExternalRef
        fields = ["source", "external_id"]


class AddressOut(serializers.ModelSerializer):
    class Meta:
        model = Address
        fields = ["kind", "country", "postcode", "city", "line"]


class PersonOut(serializers.ModelSerializer):
    class Meta:
        model = ContactPerson
        fields = ["id", "name", "role", "note"]


class CustomerOut(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel_code")
    owner = serializers.EmailField(source="owner.email", allow_null=True, default=None)
    contacts = ContactOut(source="contact_points", many=True)
    external_refs = RefOut(many=True)
    addresses = AddressOut(many=True)
    people = PersonOut(many=True)
    tags = serializers.SerializerMethodField()
    custom = serializers.DictField(help_text="Own fields of the company, by code.")

    class Meta:
        model = Customer
        fields = [
            "id", "kind", "name", "tax_number", "birthday", "city", "language", "time_zone", "channel", "owner",
            "contacts", "external_refs", "addresses", "people", "tags", "custom", "created_at", "updated_at",
            "erased_at",
        ]  # fmt: skip

    def get_tags(self, customer: Customer) -> list[str]:
        return sorted(worn.tag.name for worn in customer.tags.all())


class CustomerChange(Body):
    kind = serializers.ChoiceField(CustomerKind.choices, required=False)
    name = serializers.CharField(max_length=300, required=False, allow_null=True)
    tax_number = serializers.CharField(max_length=20, required=False, allow_null=True)
    birthday = serializers.DateField(required=False, allow_null=True)
    city = serializers.CharField(max_length=200, required=False, allow_null=True)
    language = serializers.ChoiceField(Language.choices, required=False, allow_null=True)
    time_zone = serializers.CharField(required=False, allow_null=True, help_text="Such as Asia/Yekaterinburg.")
    custom = serializers.DictField(required=False, help_text="By code; null takes a value away, others stay.")
    tags = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, required=False)
    owner = serializers.EmailField(required=False, allow_null=True, help_text="A person's e-mail; null: the pool.")
