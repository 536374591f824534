"""An address as text: its characters, its elements, and its canonical form.

``characters`` and ``numerals`` make spellings equal, ``gazetteer`` and ``names`` know the places,
``parsing`` takes an address apart into ``elements`` and ``composing`` writes it again. Which
building code stands at which door plate is ``matching``'s.
"""
