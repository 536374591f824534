"""The rule book: what is asked of a delivery, as data, and the suites made from it.

``rules/*.yml`` hold every rule. ``rulebook`` is the form of a rule and ``rule_files`` reads them;
``checks`` says what each kind of check asks of Great Expectations, ``suites`` makes its suites,
``validation`` asks them. ``sql_rules`` runs the queries of ``sql/``. The package knows neither
Dagster nor the platform: names, code lists and limits come in as a ``Context``. To add a rule,
add an entry to a YAML file. README.md tells a user of Great Expectations where to begin.
"""
