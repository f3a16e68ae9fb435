"""Filling an empty base with the invented company."""
