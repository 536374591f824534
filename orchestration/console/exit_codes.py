"""The exit codes of ``fangan``.

They are part of the interface: document a new one in the README.
"""

FINE, FINDINGS, USAGE, BUSY, FAULT = range(5)
