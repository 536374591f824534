"""One month as the bulletin shows it: rows, notes and sentences, in no file format.

``model`` combines it all; ``rows``, ``topic_rows`` and ``matching_rows`` are the marts' rows as
classes; the ``*wording`` modules turn them into Chinese sentences. A figure must be added here
before it can be shown. What a page or a workbook looks like belongs in ``issue``.
"""
