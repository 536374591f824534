"""Commands on stored data: releases and withdrawals, and verifying and repairing a home.

``release_decisions`` and ``withdrawals`` record what people decide, ``vintage_diff`` compares
releases. ``verifying`` prints damage, ``repairing`` makes damaged files again, ``recomputing``
runs a released month again from its archived files, ``auditing`` checks the audit log. What
counts as damage is defined in ``verification``.
"""
