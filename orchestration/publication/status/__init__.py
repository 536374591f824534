"""The status board: who delivered what for which month, and what became of it.

``facts`` collects it from the ledger, ``page`` draws ``published/status.html``. ``fangan status``
and the messages about late and returned deliveries use the same facts.
"""
