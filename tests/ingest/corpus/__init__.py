"""Ugly and hostile files, made by code, each with what a reading must say of it.

``tables`` holds what districts do with their tables, ``workbooks`` files that would harm a
reader, ``texts`` csv files and disguises. Add a file with its expectation there; cells are
spelt in all their ways in ``test_cells`` and ``test_days``, headers in ``test_headers``.
"""
