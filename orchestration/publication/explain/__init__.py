"""Where a figure comes from: the rows that were counted, and the page that shows them.

``explanation`` answers for one figure, ``figure_sources`` for all of a month, ``page`` writes
``explain.html``. The condition that rows are counted by is dbt's, read in ``reference.measures``.
"""
