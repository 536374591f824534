"""The child's side of reading: one file and its contract become landing, notes and a receipt.

In this room: ``child`` (the process), ``pipeline`` (the order of steps), what a file is
(``sniff``), a csv (``delimited``, ``encodings``), the ``sheet`` that every reader produces, and
``privacy`` at the door. A workbook's XML is in ``workbooks``, what rows and cells of a sheet are
in ``table``, which month a file says it is of in ``stated``. What callers need is outside:
``ingest.reader_pool`` and ``ingest.reading``.
"""
