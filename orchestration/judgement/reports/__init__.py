"""A monthly report's rows held against each other: places, sums, and the month it states.

``report_rows`` reads them, ``report_places`` finds the districts, ``report_sums`` the totals by
arithmetic, ``report_problems`` what to tell the district; ``stated_month`` holds the dates in a
file against its month. Ledgers of single cases are judged by the rule book alone.
"""
