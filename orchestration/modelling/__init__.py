"""From accepted rows to marts: what dbt is given, how it is started, what is audited after.

``run_inputs`` writes a month's inputs into the working DuckDB, ``dbt`` prepares the project
for Dagster and the command line, ``building`` builds with it, ``audit`` decides whether the result
may be published.
The models themselves are SQL in ``dbt_project``.
"""
