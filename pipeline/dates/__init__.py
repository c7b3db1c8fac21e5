"""Dates and times as pages write them, machine-readable or for people, in any language.

Nothing here knows HTML or where on a page a date stood.
"""
