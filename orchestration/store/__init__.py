"""What must never be lost: delivered bytes and the ledger of what became of them.

``archive`` keeps the bytes. ``ledger`` joins one class a subject (``arrivals``, ``judgements``,
``samples``, ``releases``, ``public_files``); clerks' ``match_decisions`` are in the same file.
``audit`` chains what is recorded, ``migrations`` changes the tables; ``locks``, ``files`` and
``tidying`` keep the home in order. Add here what everything else can be rebuilt from: accepted
rows, statistics and pages are built from it and live elsewhere.
"""
