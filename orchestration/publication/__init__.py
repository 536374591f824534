"""What the bureau and the analysts read: the published DuckDB and the bulletin of a month.

Everything here is derived from the audited marts and can be made again at any time; nothing
here decides a figure. The order: ``publish`` copies the marts beside and swaps them in,
``bulletin`` reads one month back into one model, ``workbook`` and ``page`` render that model,
``quality_report`` and ``quality_report_page`` do the same for the month's data quality, ``issue``
puts the files in place.
"""
