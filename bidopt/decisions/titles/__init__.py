"""Title rewriting: which words a title gives up and which it gains."""
