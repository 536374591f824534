"""A workbook from zip to sheet: is it safe, what is in it, and what a person sees in its cells.

``prescan`` decides which way a workbook is read and ``workbook`` reads it: a small or unusual one
element by element (``sheet_cells``, ``cell_taking``), a large plain one by calamine after a scan
of its bytes (``sheet_xml``, ``plain_rows``). Add here what depends on how programs write xlsx; a
csv is the room above's, what a cell means ``table``'s.
"""
