"""Fang'an's platform code: from delivered files to a published month.

Rooms, lowest first; a room imports only from rooms before it in this list: settings;
library_patches (Dagster, dbt, Python); formats (SQL, docx, xlsx); reference (months, districts,
places, contracts, vocabulary); store (archive, ledger, locks); ingest, sampling, addresses;
judgement, matching, simulation; modelling; publication, returns; lookup, defs (Dagster);
verification; console and cli. import-linter checks the order (``pyproject.toml``). The rule book is
the sibling package ``expectations``, the SQL models are in ``dbt_project``.
"""
