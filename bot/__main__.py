"""`python -m bot` is `switchboard`."""

from bot.cli import main

if __name__ == "__main__":
    main()
