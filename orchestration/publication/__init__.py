"""What the bureau and the analysts read: the published DuckDB and the bulletin of a month.

Everything here is derived from the audited marts and can be made again at any time; nothing here
decides a figure. Rooms, lowest first: ``database`` copies marts and released rows into the file
that is read; ``bulletin`` reads one month back into one model and its sentences; ``charts``,
``html``, ``newsletter`` and ``open_data`` take that model; ``explain`` and ``quality`` make its two
further pages; ``issue`` renders and places all files of a month; ``release`` makes vintages and
proves them.
"""
