"""The command line: one file per command. Parses, calls a job, prints; the only place that reads the clock."""
