"""A delivery in several files: are all parts there and apart, and one reading made of theirs.

Lives here: what the names of files of one kind must say (``naming``), how their rows are joined
and numbered through (``joining``), what must not stand in two parts (``overlaps``), and how what
was found gets back into the file it was found in (``located``). How a name is read is
``ingest.part_names``'s. A delivery of one file passes by here unchanged.
"""
