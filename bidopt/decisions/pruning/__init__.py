"""Rules that drop words, one file each."""
