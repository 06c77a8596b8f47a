"""What the commands do, one file per job; nothing here prints or reads the clock."""
