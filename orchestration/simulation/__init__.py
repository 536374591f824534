"""A synthetic city, calibrated to the published totals of October 2022.

``city`` makes a month's deliveries with the other modules: ``lives``, ``traits``, ``buildings``
and ``survey`` for the ledger of buildings, ``cases``, ``dangers``, ``registers``, ``reports``,
``inspection`` and ``codes`` for the other kinds. ``drafts`` holds a
delivery until ``files`` writes it, with the faults that ``faults`` planted. Only the published
sums and the names of towns and communities are real. Nothing else in the platform depends on this
room.
"""
