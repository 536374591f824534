"""Writing for other programs: SQL identifiers and literals, docx, xlsx, safe text, colours.

The helpers know a file format and nothing about this project's figures. Add here what a second
room writes in the same form. The content of a file belongs where it is written.
"""
