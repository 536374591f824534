"""Looking a building up: by door plate, building code or building id to what is published of it.

``assembling`` writes a month's look-up file from published figures and accepted rows, ``reading``
answers a key from it, ``service`` gives the answers out over HTTP, behind ``gate``. Nothing here
computes a figure or reads a delivery that was not accepted; a personal column cannot be shown
(``columns``). Commands are in ``console``.
"""
