"""Month and district a file states, in titles, footers and the names of sheet and file.

Add here a spelling of a date (``date_text``, ``plain_text``) or a word that distinguishes a claim
from a mention (``claims``). Whether a claim is right is decided in ``judgement``.
"""
