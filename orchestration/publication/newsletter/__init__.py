"""The prose issue: drafted sentences, the editors' own text, and facts to hold that text against.

``drafted_text`` writes the sentences, ``editorial`` reads what editors wrote, ``issue_text`` puts
both in order. ``facts`` says what the figures are, ``fact_check`` finds where a text says
otherwise.
"""
