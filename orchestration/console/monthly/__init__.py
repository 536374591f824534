"""A month's run from the command line, and how its deliveries stand afterwards.

``month_run`` runs Dagster's job in this process, ``run_progress`` prints its steps, ``month``
prints the result. ``delivery_status`` collects what ``fangan status`` prints and
``delivery_status_tables`` draws it. What the job does is in ``defs``.
"""
