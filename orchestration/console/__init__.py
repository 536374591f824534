"""The work behind the command line: each command's records, and how a terminal shows them.

A module belongs to one command: it collects plain records (which ``--json`` prints) and draws
them as tables. A month's run and status are in ``monthly``, commands that release or verify
stored data in ``stored``; parsing is in ``commands``, error handling in ``orchestration.cli``.
"""
