"""What a file says of itself, and a monthly report's rows held against each other.

``month_checks`` asks of every file whether it is of the month and district it was delivered for,
and alone; ``stated_month`` holds the dates in it against that month. Of a monthly report
``report_rows`` reads the rows, ``report_places`` finds the districts, ``report_sums`` the totals by
arithmetic, ``report_problems`` what to tell the district. The rows of ledgers of single cases are
judged by the rule book alone.
"""
