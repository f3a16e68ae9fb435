"""The first page, the reader's preferences, people and tokens."""
