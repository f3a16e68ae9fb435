"""Audiences: a typed tree of conditions over everything known of a customer.

`registry` holds the fields, `tree` reads JSON into a tree, `compiling` makes one SQL statement of it, `words` a
sentence. `fields/` has the fields of this app and of those below; apps above register theirs.
"""
