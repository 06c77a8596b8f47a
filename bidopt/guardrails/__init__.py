"""Limits with the last word: they run after every policy, in the order each file states, and again at apply."""
