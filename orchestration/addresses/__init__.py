"""An address as text: its characters, its elements, and its canonical form.

``characters`` and ``numerals`` make spellings equal, ``gazetteer`` and ``names`` know the places,
``parsing`` splits an address into ``elements`` and ``composing`` writes it again. Which building
code belongs to which door plate is ``matching``'s.
"""
