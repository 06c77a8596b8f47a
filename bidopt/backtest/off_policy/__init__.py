"""What other bids would have brought, told without a market model: from a log whose bids were drawn by chance."""
