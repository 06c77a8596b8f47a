"""What changes in a market from day to day: one wrapper per file, each changing one thing."""
