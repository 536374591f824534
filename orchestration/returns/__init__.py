"""Return packages for the districts, and the blank workbooks that they fill in.

Here: the return package (the district's own workbook with its findings marked, or the affected
rows; the issue list; the covering note) and the templates made from the contracts. Add here what
a district receives. ``judgement`` decides what is wrong with a delivery, ``publication`` writes
what the public reads.

The entry points are ``package.build_return`` and ``template.write_template``. Delivered files are
opened only in ``child``, a separate process, because a workbook can take any amount of memory.
"""
