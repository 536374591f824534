"""Could a figure be true? Bands, slips of the pen, and leaps against what was released.

``bands`` tells whether a value is within its limits, ``figures`` counts a delivery, ``released``
reads what it is held against, ``plausibility`` asks; ``slips`` and ``comparisons`` say what may
have gone wrong. Whether a row may be counted at all is the rule book's question.
"""
