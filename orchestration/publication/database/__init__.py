"""The published DuckDB: what it holds of a run and of releases, and how readers open it.

``publish`` writes it, ``released_rows`` brings the rows of releases, ``vintage_tables`` the tables
that hold all vintages, ``reading`` opens it. What a release is and who may make one is
``release``'s.
"""
