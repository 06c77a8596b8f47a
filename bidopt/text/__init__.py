"""What keywords and titles are made of."""
