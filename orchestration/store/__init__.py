"""What must never be lost: delivered bytes and the ledger of what became of them.

``archive`` keeps the bytes. ``ledger`` combines one class per subject (``arrivals``,
``delivery_history``, ``judgements``, ``samples``, ``releases``, ``public_files``, ``backups``);
clerks' ``match_decisions`` are in the same database. ``audit`` is the hash chain over every
record, ``migrations`` changes the tables; ``locks``, ``files`` and ``tidying`` keep the home in
order. Add here only what cannot be rebuilt: accepted rows, statistics and pages are derived from
it and live elsewhere.
"""
