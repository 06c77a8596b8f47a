"""Markets that play the part of the real one, with a truth that policies never see."""
