"""Policies: each reads a situation and returns a new draft of the plan."""
