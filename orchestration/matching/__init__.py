"""Building codes and door plates: which code stands at which plate.

``month`` runs a month's matching, ``matcher`` finds the plate of every code by the weights in
``evidence``, ``cache`` remembers what was parsed, ``review`` takes people's decisions,
``identifiers`` issues our own codes and ``successions`` follows them. How an address is taken apart
is ``addresses``'. What a district delivered is judged before; statistics of it are dbt's.
"""
