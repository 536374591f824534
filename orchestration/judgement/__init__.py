"""Text rows become accepted and quarantined rows, by the rule book.

``frames`` prepares what the rules look at, ``within_delivery`` judges one delivery, ``district``
takes a district's month from delivered files to recorded verdicts, ``reference`` reads the seeds
that give limits. What a rule says is in the package ``expectations``.
"""
