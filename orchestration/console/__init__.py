"""What the command line shows: the facts of a command, and their tables for a terminal.

Each module serves one command: it gathers plain records (also printed by ``--json``) and draws
them. Parsing of arguments and exit codes are in ``cli``.
"""
