"""What must never be lost: delivered bytes, the ledger of what happened to them, and locks.

Add here what everything else can be rebuilt from. Rows of deliveries, statistics and pages
are built from it and live elsewhere.
"""
