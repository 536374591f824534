with

listed as (

    select
        issue_type,
        issue_order
    from (
        values ('完整性', 1), ('规范性', 2), ('一致性', 3), ('准确性', 4), ('其他', 5), ('未填', 6)
    ) as issues (issue_type, issue_order)  -- noqa: AL05

),

-- Every building that did not pass counts for its district and for the city.
failed as (

    select
        inspection_id,
        {{ rows_of(list_of(["district_id", "'city'"])) }} as district_id,
        {{ parts_of("coalesce(nullif(issue_types, ''), '未填')", "、") }} as issue_types
    from {{ ref("int_inspection_building") }}
    where is_failed

),

named as (

    select
        inspection_id,
        district_id,
        {{ rows_of("issue_types") }} as issue_type
    from failed

),

-- Once under each of its issues; issues not in the list count as 其他.
counted as (

    select
        named.district_id,
        coalesce(listed.issue_type, '其他') as issue_type,
        count(distinct named.inspection_id) as building_count
    from named
    left join listed on named.issue_type = listed.issue_type
    group by named.district_id, coalesce(listed.issue_type, '其他')

)

select
    progress.month,
    progress.as_at,
    progress.district_id,
    progress.district_code,
    progress.district_name,
    progress.sort_order,
    listed.issue_type,
    cast(listed.issue_order as integer) as issue_order,
    cast(coalesce(counted.building_count, 0) as bigint) as issue_building_count,
    {{ share_of("coalesce(counted.building_count, 0)", "progress.rectification_required_count") }}
        as issue_share,
    {{ is_total("progress.district_id") }} as is_total
from {{ ref("rpt_inspection_progress") }} as progress
cross join listed
left join counted
    on progress.district_id = counted.district_id and listed.issue_type = counted.issue_type
where
    progress.month in (select run_month.month from {{ source("run", "month") }} as run_month)
order by progress.sort_order, listed.issue_order
