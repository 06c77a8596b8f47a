"""Market families: one file per auction mechanism, each with a function `landscape(world, rng)`."""
