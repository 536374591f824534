"""What the bureau and the analysts read: the published DuckDB and the bulletin of a month.

Everything here is derived from the audited marts and can be rebuilt at any time; no figure is
decided here. Rooms, lowest first: ``database`` copies marts and released rows into the published
file; ``bulletin`` reads one month of it into a model and writes its sentences; ``charts``,
``html``, ``newsletter`` and ``open_data`` render that model; ``explain`` and ``quality`` add two
more pages; ``issue`` renders and places all files of a month; ``release`` creates vintages and
verifies them.
"""
