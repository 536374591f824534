"""How we write for other programs: SQL identifiers and literals, docx, xlsx, text in a sheet.

Helpers that know a file format and nothing of this project's figures. Add here what a second
room writes in the same form. What a file says is its writer's.
"""
