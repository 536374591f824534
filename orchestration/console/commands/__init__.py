"""The commands, one module per topic; ``cli`` loads every module here.

A command parses and prints: it uses ``console.group``, ``console.arguments`` and a module of
``console`` that does the work. Keep heavy imports inside the functions, so that ``--help`` is
fast.
"""
