"""The files of a month's issue (page, docx, pdf, xlsx), the site around them, and their places.

Each module renders the bulletin's model in one format; ``placing`` writes the files atomically,
``site`` writes the index. Add a format here; texts belong in ``bulletin`` and ``newsletter``.
"""
