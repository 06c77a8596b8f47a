"""Canonical facts: what exports said happened on a day, and on which day they said so."""
