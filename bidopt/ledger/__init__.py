"""A shop's memory: runs, frozen bids and what was recommended, in one SQLite file, one run at a time."""
