"""Faults that a simulated month can carry; a test says which rule has to find each.

``catalogue`` holds them as data, one entry a fault. ``form`` says what an entry may hold,
``fault_files`` reads them, ``planting`` puts them into a month. What no entry can say is written
by ``cells`` (one row), ``months`` (beside other deliveries), ``guesses`` (figures nobody
measured) and ``files`` (totals, reports, whole files). Sound deliveries are written in the room
above.
"""
