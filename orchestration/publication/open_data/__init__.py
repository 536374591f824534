"""Open data of a month: csv tables, a data package, SDMX, with small counts suppressed.

``public_marts`` says which marts and columns are public, ``disclosure_control`` which counts are
hidden, and ``writing`` writes the files. Add a format here; ``issue.placing`` places the files.
"""
