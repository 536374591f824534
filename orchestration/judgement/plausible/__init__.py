"""Could a figure be true? Bands, slips of the pen, and leaps against what was released.

``bands`` reads the limits, ``figures`` the numbers of a delivery, ``plausibility`` asks them,
``slips`` and ``comparisons`` say what may have gone wrong. Whether a row may be counted at all is
the rule book's question.
"""
