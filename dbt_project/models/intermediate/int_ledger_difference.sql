{%- set fields = compared_building_fields() -%}

with

-- A district that lacks an accepted ledger in one of the two months is not compared.
comparable as (

    select district_id from {{ ref("int_accepted_deliveries") }}
    where kind = 'building_survey'
    intersect
    select district_id from {{ ref("stg_building_survey") }}
    where {{ before_run_month() }}

),

present as (

    select
        district_id,
        building_id,
        survey_status = '已排查' as is_surveyed,
        content_hash
    from {{ ref("stg_building_survey") }}
    where
        {{ in_run_month() }}
        and district_id in (select comparable.district_id from comparable)

),

earlier as (

    select
        district_id,
        building_id,
        survey_status = '已排查' as is_surveyed,
        content_hash
    from {{ ref("stg_building_survey") }}
    where
        {{ before_run_month() }}
        and district_id in (select comparable.district_id from comparable)

),

differing as {{ once() }}(

    select
        coalesce(present.district_id, earlier.district_id) as district_id,
        present.building_id,
        earlier.building_id as former_building_id,
        present.is_surveyed,
        earlier.is_surveyed as was_surveyed
    from present
    full outer join earlier
        on present.district_id = earlier.district_id and present.building_id = earlier.building_id
    where present.content_hash is distinct from earlier.content_hash

),

changes as (

    select * from {{ ref("fct_building_change") }}
    where month <= (select run_month.month from {{ source("run", "month") }} as run_month)

),

-- 重编 gives a building a new number: it is neither gone nor new.
recoded as (

    select
        entered.district_id,
        entered.building_id,
        vanished.former_building_id,
        entered.is_surveyed,
        vanished.was_surveyed
    from changes
    inner join differing as entered
        on changes.new_building_id = entered.building_id and entered.former_building_id is null
    inner join differing as vanished
        on
            changes.old_building_id = vanished.former_building_id
            and vanished.building_id is null
            and entered.district_id = vanished.district_id
    where changes.change_type = '重编'
    qualify
        row_number() over (
            partition by entered.building_id
            order by changes.changed_on desc, changes.change_id desc
        ) = 1
        and row_number() over (
            partition by vanished.former_building_id
            order by changes.changed_on desc, changes.change_id desc
        ) = 1

),

standing as {{ once() }}(

    select
        'continued' as transition,
        district_id,
        building_id,
        former_building_id,
        is_surveyed,
        was_surveyed
    from differing
    where building_id is not null and former_building_id is not null
    union all
    select
        'recoded' as transition,
        district_id,
        building_id,
        former_building_id,
        is_surveyed,
        was_surveyed
    from recoded

),

-- The columns of staging, so no personal ones, but read from the sources: staging would cast
-- 1.4 million rows to compare a few thousand.
now as (

    select {{ building_survey_columns() | indent(4) }}
    from (
        select * from {{ source("exports", "building_survey") }}
        where building_id in (select standing.building_id from standing)
    )

),

former as (

    select {{ building_survey_columns() | indent(4) }}
    from (
        select * from {{ source("before", "building_survey") }}
        where building_id in (select standing.former_building_id from standing)
    )

),

-- Equal values spelled differently (120.5 and 120.50) have different hashes but are no change.
compared as (

    select
        standing.*,
        {% set differences = [] -%}
        {%- for field, column in fields.items() -%}
        {%- do differences.append(
            "if(now." ~ column ~ " is distinct from former." ~ column ~ ", '" ~ field ~ "', null)"
        ) -%}
        {%- endfor -%}
        {{ sorted_items(list_of(differences)) }} as changed_fields
    from standing
    inner join now
        on
            standing.district_id = now.district_id
            and standing.building_id = now.building_id
    inner join former
        on
            standing.district_id = former.district_id
            and standing.former_building_id = former.building_id

),

ended as (

    select
        old_building_id as former_building_id,
        max_by(change_type, (changed_on, change_id)) as change_type
    from changes
    where change_type in ('拆除', '合并', '拆分', '去重', '划转')
    group by old_building_id

),

begun as (

    select
        new_building_id as building_id,
        max_by(change_type, (changed_on, change_id)) as change_type
    from changes
    where change_type in ('新增', '合并', '拆分', '划转')
    group by new_building_id

),

come_and_gone as (

    select
        if(differing.building_id is null, 'vanished', 'entered') as transition,
        differing.*,
        coalesce(ended.change_type, begun.change_type) as change_type
    from differing
    left join ended
        on
            differing.building_id is null
            and differing.former_building_id = ended.former_building_id
    left join begun
        on
            differing.former_building_id is null
            and differing.building_id = begun.building_id
    where
        (differing.building_id is null or differing.former_building_id is null)
        and not exists (
            select 1 from recoded
            where
                recoded.building_id = differing.building_id
                or recoded.former_building_id = differing.former_building_id
        )

),

classified as (

    select
        district_id,
        transition,
        null as change_type,
        building_id,
        former_building_id,
        is_surveyed,
        was_surveyed,
        changed_fields
    from compared
    union all
    select
        district_id,
        transition,
        change_type,
        building_id,
        former_building_id,
        is_surveyed,
        was_surveyed,
        null as changed_fields
    from come_and_gone

)

select
    run_month.month,
    classified.district_id,
    classified.transition,
    classified.change_type,
    classified.building_id,
    classified.former_building_id,
    coalesce(classified.is_surveyed, false) as is_surveyed,
    coalesce(classified.was_surveyed, false) as was_surveyed,
    coalesce(classified.changed_fields, {{ list_of([]) }}) as changed_fields
from classified
cross join {{ source("run", "month") }} as run_month
