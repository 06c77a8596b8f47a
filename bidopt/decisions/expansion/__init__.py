"""New keywords and negative words: one file per source."""
