"""Dagster only: assets, checks, jobs, schedules, sensors and the resources they share.

Each module defines what it names and is found by itself. Work is done in the rooms below;
a function here loads, calls and reports.
"""
