"""Reading: one delivered file and its contract become text rows with provenance.

In this room: what a file is, where its header and rows are, how a cell's spelling becomes
canonical text, and the child process in which all that happens. Add here what depends on how
districts write their files. Whether a value is right is the rule book's question; which file
counts is the ledger's.

Callers need two modules: ``readers`` (start a reader, read a file) and ``reading`` (what comes
back). The others run inside the child.
"""
