with

ledgers as (

    select * from {{ ref("rpt_ledger_change_monthly") }}
    where {{ in_run_month() }}

),

fields as (

    select unnest(['{{ compared_building_fields().keys() | join("', '") }}']) as field

),

changed as (

    select
        district_id,
        unnest(changed_fields) as field
    from {{ ref("int_ledger_difference") }}

),

counted as (

    select
        coalesce(district_id, 'city') as district_id,
        field,
        count(*) as changed_building_count
    from changed
    group by grouping sets ((district_id, field), (field))

)

select
    ledgers.month,
    ledgers.district_id,
    ledgers.district_code,
    fields.field,
    cast(if(ledgers.reason is null, coalesce(counted.changed_building_count, 0), null) as bigint)
        as changed_building_count,
    ledgers.is_partial
from ledgers
cross join fields
left join counted
    on ledgers.district_id = counted.district_id and fields.field = counted.field
order by ledgers.sort_order, fields.field
