"""The rule book: what is asked of a delivery, as data, and the means to ask it.

``rules/*.yml`` hold every rule; ``rulebook`` reads them; ``checks`` says what each kind of check
means to Great Expectations and to a pandas mask; ``suites`` lets Great Expectations decide;
``crossing`` asks the SQL rules of ``sql/``. Knows neither Dagster nor the platform: names, code
lists and limits come in as a ``Context``. To add a rule, add an entry to a YAML file.
"""
