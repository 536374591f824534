"""The city's inspection sample: which buildings are drawn, and the sample that is kept.

``draw`` is the method alone, on rows in memory: strata, how small ones are joined, who is drawn.
``frame`` reads the buildings that a month's accepted ledgers offer. ``monthly_sample`` draws from
them and stores the result. The contractors' lists are written in ``returns``; what the inspection
found is counted in dbt.
"""
