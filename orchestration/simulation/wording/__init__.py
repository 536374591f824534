"""How people write the addresses of building codes, and how registers lose their plates.

``profiles`` holds the wordings that ``fangan simulate --wording`` takes and writes the ordinary
ones, ``foreign`` writes the wording of that name. The addresses that they distort, and the tables
they end in, are in the room above.
"""
