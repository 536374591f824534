"""Returning: what goes back to a district, and the blank workbooks it is asked to fill.

In this room: the return package (the district's own workbook with its findings marked, or the
affected rows; the issue list; the covering note) and the templates made from the contracts. Add
here what a district receives. What is wrong with a delivery is judgement's question; what the
public reads is publication's.

Callers need ``package.build_return`` and ``template.write_template``. Delivered files are opened
only in ``child``, a process of its own, because a workbook can cost any amount of memory.
"""
