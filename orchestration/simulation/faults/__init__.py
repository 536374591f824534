"""Faults that a simulated month can carry, each with the rule that has to find it.

``form`` says what a fault is, ``planting`` puts them into a month; the other modules hold the
faults, by what they damage. Add one beside its like. Sound deliveries are written in the room
above.
"""
