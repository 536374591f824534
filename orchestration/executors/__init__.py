"""Where the steps of a run are worked on: in its process, in others, or by workers elsewhere.

``FANGAN_EXECUTOR`` names one of Dagster's executors; ``choosing`` makes it from the setting,
``run_process`` is what the process of a run does whichever it is, ``queue`` what both ends of
Celery's queue agree on. Add an executor in ``choosing``; what the processes of steps load is in
``workers``. No step is written here.
https://docs.dagster.io/guides/operate/run-executors
"""
