"""Shared facts that no month decides: months, districts, places, deadlines, contracts, words.

Each module reads one seed or one set of files and gives it typed. Add a fact here when a second
room needs it. What a delivery says of a month is ``store``'s and ``judgement``'s.
"""
