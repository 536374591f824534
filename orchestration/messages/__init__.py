"""Who is told what: causes, the outbox, and the channels that carry messages out of it.

A cause is something a person must do something about, found by a function that only looks
(``*_causes``) or reported by what just happened (``events``). ``outbox`` turns causes into messages
(one a cause, repeated by rule, ended by an all-clear) and writes them whether or not anybody
listens; ``sending`` hands them to the ``channels`` that ``configuration`` names. ``watch`` does all
of it without Dagster, which may be what is dead. Nothing here decides about deliveries.
"""
