"""What the command line shows: the facts of a command, and their tables for a terminal.

A module serves one command: it gathers plain records (also printed by ``--json``) and draws them.
Commands that release or verify what is stored are in ``stored``; how all are parsed is in
``commands``, what happens around them in ``orchestration.cli``.
"""
