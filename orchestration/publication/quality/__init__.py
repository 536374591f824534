"""How well a month was delivered: the quality report's model, its summary and trend, its page.

Add a fact in ``model`` before a page can show it. Scores are the marts'.
"""
