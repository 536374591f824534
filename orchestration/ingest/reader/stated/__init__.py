"""Month and district a file states, in titles, footers and the names of sheet and file.

Add here a spelling of a date (``date_text``, ``plain_text``) or a word that tells a claim from a
mention (``claims``). Whether a claim is right is asked in ``judgement``.
"""
