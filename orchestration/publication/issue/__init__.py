"""The files of a month's issue (page, docx, pdf, xlsx), the site around them, and their places.

Each module renders the bulletin's model in one format; ``placing`` writes the files whole, ``site``
the index. Add a format here. What is said is ``bulletin``'s and ``newsletter``'s.
"""
