"""What the API takes and gives.

Bodies of pushes are read by `customers.rules`, which is an order of magnitude quicker than serializers on
a bulk of a thousand; the `…In` classes describe them for OpenAPI, and a test holds the two to the same fields.
"""
