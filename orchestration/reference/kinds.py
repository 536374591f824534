"""The export kinds that some code is written for, by the name of their contract.

What the platform does with a kind is said in its contract (``dbt_project/models/exports``): who
delivers it, how far its rules look back, whether overviews show that it is missing. Add a name
here only for a module that depends on what one kind's rows mean, as matching does on codes and
plates.
"""

from __future__ import annotations

ALTERATION_CASES = "alteration_cases"
BUILDING_CHANGES = "building_changes"
BUILDING_CODES = "building_codes"
BUILDING_SURVEY = "building_survey"
DANGER_CASES = "danger_cases"
DOORPLATES = "doorplates"
MONTHLY_REPORT = "monthly_report"
QUALITY_INSPECTION = "quality_inspection"
