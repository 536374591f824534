"""Masthead and end matter of an issue as printed lines, the same in docx and pdf.

The office's words come from ``masthead``, the dates from the release and the calendar.
"""

from __future__ import annotations

from datetime import datetime

from orchestration.publication.bulletin.next_issue import next_issue
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.reference.months import chinese_date


def issue_number(issue: Newsletter) -> str:
    """Return the issue's number; empty if none is printed."""
    month = issue.bulletin.month
    return issue.masthead.number_of(month.year, month.number)


def end_matter(issue: Newsletter, released_at: datetime) -> tuple[tuple[str, str], ...]:
    """Return the lines of 版记 in their left and right parts: 报, 送, 发, then the publisher."""
    masthead = issue.masthead
    recipients = (
        ("报", masthead.reported_to),
        ("送", masthead.sent_to),
        ("发", masthead.issued_to),
    )
    copies = f"　共印{masthead.copies}份" if masthead.copies else ""
    published = f"{chinese_date(released_at.date())}印发{copies}"
    return (
        *((f"{name}：{words}", "") for name, words in recipients if words),
        (masthead.publisher, published),
        (f"下次发布：{next_issue(issue.bulletin.month)}", ""),
    )
