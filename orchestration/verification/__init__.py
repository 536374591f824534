"""Reading everything that is stored, against the hashes and rows that the ledger knows.

Each module looks at one kind of thing and says what is damaged, since when, what that affects and
what mends it; ``examination`` asks them all. When the home gets a new place, add it here. Nothing
is written here: mending is ``console.stored``'s, through the functions that made the things.
"""
