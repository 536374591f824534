"""Reading: one delivered file and its contract become text rows with provenance.

Callers need what stands here: ``deliveries`` (what lies in ``raw`` becomes arrivals), ``readers``
(start a reader, read a file), ``reading`` (what comes back), ``landing`` (the files it writes).
How a file is read is the child's side, in ``reader``. Add here what callers of reading share.
Whether a value is right is the rule book's question; which file counts is the ledger's.
"""
