"""The handbook's reference pages, made from the code: ``docs/reference``.

One module a page: it reads what the program itself reads, and returns Markdown. ``python -m
orchestration.handbook`` (or ``make docs``) writes the pages, a test holds them against the code.
Add a page here when people look something up that the code already says. What must be explained is
written by hand in ``docs``; the glossary is made in ``reference.glossary``.
"""
