"""A believable company to look at and to measure on: never a part of a real base."""
