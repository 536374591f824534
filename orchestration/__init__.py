"""Fang'an's platform code: from delivered files to a published month.

Rooms, lowest first (a room imports only from rooms above it in this list):
settings; districts, months, contracts; store; ingest, judgement, matching, simulation;
publication, returns; defs (Dagster) and cli. The rule book is the sibling package
``expectations``, the SQL models are in ``dbt_project``.
"""
