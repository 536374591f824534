"""The commands, one file a topic; every file here is loaded by ``cli``, so a new one needs no list.

A command parses and prints: ``@cli.command()`` from ``console.group``, arguments from
``console.arguments``, and its facts from a module of ``console``. Heavy imports stay inside the
functions, so that ``--help`` answers at once.
"""
