"""Releases: makes, withdraws and compares vintages, and proves that one is unchanged.

``decisions`` makes and withdraws releases, ``finality`` lists reasons against a final one,
``release_files`` and ``manifest`` keep its files, ``settling`` completes it. ``comparison`` shows
how two vintages differ, ``reproduction`` makes one again. The decisions themselves are rows in
``store``; ``verification`` checks everything else that is stored.
"""
