"""What the learning bidder has to beat: one policy per file, each in its honest, strong form."""
