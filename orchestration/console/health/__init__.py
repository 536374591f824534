"""``fangan doctor``: opens what a run needs, and says what is wrong and which command mends it.

Add a check to the module of its subject (the machine, the installed program, the home, what is
stored, Dagster) and its name to ``examination``. A check only looks: it creates, migrates and
repairs nothing; ``mending`` does, when asked. Every stored byte is compared by ``verification``.
"""
