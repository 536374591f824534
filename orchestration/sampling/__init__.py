"""Drawing the sample for the city's inspection of survey data (抽检核查), and keeping it.

``draw`` is the method alone, on rows in memory, with its strata and how small ones are joined;
``frame`` reads the buildings a month's accepted ledgers offer; ``drawing`` draws from them and
stores the result. The contractors' lists are written in ``returns``; what the inspection found is
counted in dbt.
"""
