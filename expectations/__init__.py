"""The rule book: all rules for deliveries, as data, and the code that applies them.

``rules/*.yml`` has every rule; ``rulebook`` reads them; ``checks`` translates each kind of check
for Great Expectations; ``suites`` makes the suites and ``validation`` runs them; ``sql_rules`` runs
the SQL rules of ``sql/``. Knows neither Dagster nor the platform: names, code lists and limits come
in as a ``Context``. To add a rule, add an entry to a YAML file.
"""
