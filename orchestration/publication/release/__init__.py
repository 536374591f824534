"""Releases: making, withdrawing and comparing vintages, what stops a final one, and proof.

``decisions`` makes them and ``settling`` does what follows; ``release_files`` and ``manifest`` say
what is kept, ``reproduction`` proves it. The decisions themselves are rows in ``store``; whether
all else that is stored is whole is ``verification``'s.
"""
