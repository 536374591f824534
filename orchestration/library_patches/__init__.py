"""What is done to libraries behind their public interface, one module a library and purpose.

Each module says what it gains (measured; nothing below one CPU second a month stays), what it
relies on, which test holds it against the original, and when to remove it. Add one only with all
four. What a public interface offers belongs in the room that uses it.
"""
