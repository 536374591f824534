"""Shared facts that no month decides: months, districts, places, deadlines, contracts, words.

Most modules read one seed or one set of files and give it typed. Add a fact here when a second
room needs it. What a delivery says of a month is ``store``'s and ``judgement``'s.
"""
