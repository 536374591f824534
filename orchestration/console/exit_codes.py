"""What the exit code of ``fangan`` says.

Part of the interface: add none without documenting it in the README.
"""

FINE, FINDINGS, USAGE, BUSY, FAULT = range(5)
