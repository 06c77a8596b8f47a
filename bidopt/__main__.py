"""Lets `python -m bidopt` run the command line."""

from bidopt.cli.main import main

if __name__ == "__main__":
    main()
