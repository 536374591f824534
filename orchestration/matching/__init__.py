"""Addresses, door plates and building codes: which code stands at which plate.

``characters``, ``gazetteer`` and ``parsing`` take an address apart, ``cache`` remembers what was
parsed, ``candidates`` and ``outcomes`` find the plate of every code, ``identifiers`` issues our
own codes. Add here what says where a building stands or what it is called. What a district
delivered is judged before; statistics of it are dbt's.
"""
