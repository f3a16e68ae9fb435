"""What is remembered of a person whose data was erased: that it must not come back by itself."""

from django.db import models

from customers.models.customer import Customer


class ErasedIdentity(models.Model):
    """One address, or one id in a source, of a customer whose personal data was erased, as a keyed hash.

    What another system tells of it afterwards goes to the same card without anything personal, and nothing is
    sent to the address, until a consent given later says otherwise.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="erased_identities")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    # In the hands of a person the hash says nothing.
    handed_out = False
    personal: dict[str, object] = {}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "customer"], name="erased_identity_once")]
