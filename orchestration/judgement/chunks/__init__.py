"""The rows of a large delivery, a bounded number at a time.

Lives here: asking rules of a delivery's rows without all of them in memory (``asking``). A
delivery of fewer rows is asked as one frame; both ways come to the same verdicts and findings.
"""
