"""The databases that can hold the ledger: a SQLite file, or a PostgreSQL server.

``connection`` is what the ledger's queries use, ``sqlite`` and ``postgres`` are its two forms;
``postgres_tables`` makes the tables on a server, ``postgres_locks`` are its advisory locks. Add
here what only one of them needs; what is asked of the ledger is in the modules of its tables, in
statements that both understand.
"""
