"""Reading delivered files: a file and its contract become rows of text with their origin.

For callers: ``deliveries`` (turns what lies in ``raw`` into arrivals), ``reader_pool`` (starts
readers and reads a file), ``reading`` (the result), ``landing`` (the files that are written).
How a file is read is decided in the child process, in ``reader``. Add here what callers of
reading share. Whether a value is right is for the rule book; which file counts is for the ledger.
"""
