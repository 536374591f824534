"""Building codes and door plates: which code stands at which plate.

``month`` runs a month's matching, ``matcher`` finds the plate of every code by the weights in
``evidence``, ``cache`` remembers what was parsed, ``review`` takes people's decisions,
``identifiers`` issues our own codes and ``successions`` follows them through changes. Parsing an
address is ``addresses``'. Deliveries are judged before; statistics of matching are dbt's.
"""
