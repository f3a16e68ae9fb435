"""Reads of the pages that draw from every app."""
