"""Text rows become accepted and quarantined rows, by the rule book.

``district`` takes a district's month from delivered files to recorded verdicts, each delivery by
``steps``: ``corrections``, ``within_delivery``, ``cross_delivery``, ``waivers``. ``frames``
prepares what the rules look at, ``findings`` and ``reasons`` say what is wrong, ``reference`` reads
the seeds that give limits. ``judged_rules`` asks the rules of a delivery, ``delivery_suites`` gives
them to a user of Great Expectations. What a rule says is in the package ``expectations``.
"""
