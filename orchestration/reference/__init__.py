"""Shared facts that do not depend on deliveries: months, districts, places, contracts, names.

Most modules read one seed or one set of files into typed objects. Add a fact here when a second
room needs it. Facts that come from deliveries belong in ``store`` and ``judgement``.
"""
