"""Keeping a home: backups and restoring them, pruning what nobody needs, room on the disk.

Add here what an administrator does to a whole home. Whether its files are right is said in
``verification``, whether this machine can run in ``console/health``; nothing here changes what the
archive, the ledger or a release holds.
"""
