"""Python imports this at its start where the folder is on its path: counts what is read.

Every reading of a file ends with its rows renamed into ``landing``. The name is added to the file
that ``READINGS`` names, by whichever process did it.
"""

from __future__ import annotations

import os
import sys


def _count(event: str, arguments: tuple[object, ...]) -> None:
    if event == "os.rename" and "/landing/" in (target := str(arguments[1])):
        line = f"{target}\n".encode()
        os.write(_READINGS, line)


_READINGS = os.open(os.environ["READINGS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.set_inheritable(_READINGS, False)
sys.addaudithook(_count)
