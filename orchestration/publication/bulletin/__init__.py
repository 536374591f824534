"""One month as the bulletin shows it: rows, notes and sentences, in no file format.

``model`` holds it together; ``rows``, ``topic_rows`` and ``matching_rows`` are the marts' rows as
classes; the modules named wording make Chinese sentences of them. Add a figure here before it can
be shown. How a page or a workbook looks is ``issue``'s.
"""
