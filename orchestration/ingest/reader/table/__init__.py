"""From a sheet to rows: where the header is, what each row is, and a cell's canonical text.

Add here what depends on how districts fill a form, whichever file it came in. Whether a value is
right is the rule book's question.
"""
