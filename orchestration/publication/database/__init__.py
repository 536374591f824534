"""The published DuckDB: what it takes from a run and from releases, and how readers open it.

``publish`` writes it; ``released_rows`` and ``released_cache`` supply the rows of releases,
``vintage_tables`` the tables of all vintages; ``proof`` checks the new file against all of them
before it is swapped in; ``reading`` opens it. Rows that earlier versions kept are read through
``former_columns``, under today's names and types. What a release is, and who may make one,
belongs in ``release``.
"""
