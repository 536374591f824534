"""The month's data quality: ``summary`` for the bulletin's page, ``model`` and ``page`` of its own.

``trend`` says how checks failed over the months. Add here what is shown of quality; scores are
counted in dbt, rules are judged in ``judgement``.
"""
