"""The prose issue: drafted sentences, the editors' own text, and facts to hold that text against.

``facts`` says what the figures are, ``fact_check`` finds what a text says otherwise.
"""
