"""Building look-up: published information about one building, by doorplate, code or id.

``file_writing`` writes a month's look-up file from published figures and accepted rows,
``file_reading`` finds a key in it, ``service`` serves the answers over HTTP behind ``gate``.
Nothing here computes a figure or reads rows that were not accepted; ``columns`` makes it impossible
to show a personal column. Commands are in ``console``.
"""
