"""The texts of an issue: drafted sentences, the editors' texts, and the facts to check them.

``drafted_text`` writes sentences, ``editorial`` reads the editors' texts, ``issue_text`` puts both
in order. ``facts`` lists the figures, ``fact_check`` finds numbers in texts that differ from them.
"""
