"""The work behind the command line: each command's records, and how a terminal shows them.

A module belongs to one command: it collects plain records (which ``--json`` prints) and draws
them as tables. Commands that release or verify stored data are in ``stored``; parsing is in
``commands``, error handling in ``orchestration.cli``.
"""
