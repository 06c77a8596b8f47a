"""Words, units, tables and errors that every other room speaks with."""
