"""Releases: making, withdrawing and comparing vintages, what stops a final one, and proof.

``decisions`` makes them, ``release_files`` and ``manifest`` say what is kept, ``verification``
holds
everything stored against it. The decisions themselves are rows in ``store``.
"""
