"""A synthetic city, calibrated to the published totals of October 2022.

``city`` makes a month's deliveries out of the other modules: ``lives``, ``traits``, ``buildings``
and ``survey`` for the ledger of buildings, ``cases``, ``dangers``, ``registers``, ``reports``,
``inspection`` and ``codes`` for the other kinds. ``files`` writes what ``drafts`` holds,
with what ``faults`` planted. Nothing here is real but the published sums and the names of towns
and communities; nothing else of the platform depends on it.
"""
