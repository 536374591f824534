"""Releases: making, withdrawing and comparing vintages, and proving that one is what it was.

``decisions`` makes and withdraws them, ``finality`` says what stops a final one, ``release_files``
and ``manifest`` what is kept, ``settling`` does what follows. ``comparison`` tells how two vintages
differ, ``reproduction`` makes one again. The decisions themselves are rows in ``store``; whether
all else that is stored is whole is ``verification``'s.
"""
