"""Where a figure comes from: the rows that were counted, and the page that shows them.

``explanation`` explains one figure, ``figure_sources`` all figures of a month, ``page`` writes
``explain.html``. dbt has the condition by which rows are counted; ``reference.measures`` reads it.
"""
