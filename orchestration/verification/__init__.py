"""Reading everything that is stored, against the hashes and rows that the ledger knows.

Each module looks at one kind of thing and says what is damaged, since when, what that affects
and what mends it; ``examination`` asks them all. A new place in the home is added here with it.
Nothing is written here: mending is the command's, through the functions that made the things.
"""
