"""Beliefs with uncertainty, learned from the facts of one morning."""
