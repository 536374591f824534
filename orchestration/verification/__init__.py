"""Checks everything stored in a home against the hashes and rows recorded in the ledger.

Each module checks one kind of thing and reports what is damaged, since when, what that affects
and how to repair it; ``examination`` runs them all. Add a check here when the home gets a new
folder. This package only reads: repairs are in ``console.stored``, which calls the functions that
made the files.
"""
