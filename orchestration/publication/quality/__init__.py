"""How well a month was delivered: ``summary`` for the bulletin's page, ``model`` and ``page`` here.

``trend`` says how checks failed over the months. Add a fact in ``model`` before a page can show
it; scores are counted in dbt, rules are judged in ``judgement``.
"""
