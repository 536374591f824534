"""Open data of a month: csv tables, a data package, SDMX, with small counts suppressed.

``public_marts`` says which marts and columns are public, ``disclosure_control`` what is hidden,
``writing`` makes the files. Add a format here; where the files lie is ``issue.placing``'s.
"""
