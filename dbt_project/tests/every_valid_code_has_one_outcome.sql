-- Codes that are not matched are sorted by cause: one without a cause, or with two, would be
-- lost or counted twice. New matches are a part of the matched ones.
select *
from {{ ref("rpt_code_matching_monthly") }}
where
    {{ in_run_month() }}
    and (
        building_code_count
        != matched_exact_code_count
        + matched_fuzzy_code_count
        + multi_candidate_code_count
        + no_candidate_code_count
        + address_incomplete_code_count
        + conflicting_code_count
        + pending_review_code_count
        or matched_code_count != matched_exact_code_count + matched_fuzzy_code_count
        or new_matched_code_count > matched_code_count
    )
