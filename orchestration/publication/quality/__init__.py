"""Data quality of a month: ``summary`` for the bulletin's page, ``model`` and ``page`` for its own.

Add a fact in ``model`` before a page can show it; dbt computes the scores, ``judgement`` judges the
rules.
"""
