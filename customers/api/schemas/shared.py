"""The shapes that every resource has in common."""

from rest_framework import serializers

from core.api_schema import Body
from customers.rules.versions import Fate

FATES = [fate.value for fate in Fate]


class ErrorItem(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class Pushed(serializers.Serializer):
    """What became of one pushed row."""

    fate = serializers.ChoiceField(FATES)
    id = serializers.IntegerField(allow_null=True)
    customer = serializers.IntegerField(allow_null=True)


class PushedRow(Pushed):
    """The same in a bulk: with its place, and why it was refused."""

    index = serializers.IntegerField(help_text="Place in the request, from 0.")
    errors = ErrorItem(many=True)


class Told(serializers.Serializer):
    """The ids by which the row was told."""

    source = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)


class Counts(serializers.Serializer):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    outdated = serializers.IntegerField()
    refused = serializers.IntegerField()


class Fates(Counts):
    results = PushedRow(many=True)


class ToldPushed(Pushed, Told):
    pass


class ToldRow(PushedRow, Told):
    pass


class ToldFates(Counts):
    results = ToldRow(many=True)


class NameIn(Body):
    """A customer who is known here already, by any of these."""

    id = serializers.IntegerField(min_value=0, required=False, help_text="The number here.")
    source = serializers.CharField(max_length=50, required=False, help_text="Else the source of the row.")
    external_id = serializers.CharField(max_length=200, required=False)
    phone = serializers.CharField(required=False, max_length=254)
    email = serializers.EmailField(required=False)
