"""Commands about what is stored for good: releasing, withdrawing, and checking that it is whole.

``releasing`` and ``withdrawing`` record what people decide. ``verifying`` shows what is damaged,
``repairing`` makes again what can be made again, ``recomputing`` runs a released month once more
from its files, ``auditing`` checks the log. What counts as damage is ``verification``'s.
"""
