"""Building the models on Apache Spark instead of in DuckDB: the same SQL, another engine.

Spark reads the accepted Parquet where it lies and keeps tables and catalog in a folder of its own;
every table that dbt has built comes back into the working DuckDB, so that audit, publication and
people see no difference. ``installation`` says where Spark is and what it is told, ``inputs`` what
a run gives it, ``process`` runs its dbt, ``tables`` brings back what it built. How models are
written for both engines is in ``dbt_project/macros/engines.sql``. Stays out: Dagster, and pyspark
itself, which lives in an environment of its own.
"""
