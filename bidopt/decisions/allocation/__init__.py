"""Policies that set bids and budgets together, one file each."""
