with

ledgers as (

    select * from {{ ref("rpt_ledger_change_monthly") }}
    where {{ in_run_month() }}

),

fields as (

    select
        {% set names = [] -%}
        {%- for field in compared_building_fields() -%}
        {%- do names.append("'" ~ field ~ "'") -%}
        {%- endfor -%}
        {{ rows_of(list_of(names)) }} as field

),

changed as (

    select
        district_id,
        {{ rows_of("changed_fields") }} as field
    from {{ ref("int_ledger_difference") }}

),

counted as (

    select
        district_id,
        field,
        count(*) as changed_building_count
    from changed
    group by district_id, field
    union all
    select
        'city' as district_id,
        field,
        count(*) as changed_building_count
    from changed
    group by field

)

select
    ledgers.month,
    ledgers.district_id,
    ledgers.district_code,
    ledgers.district_name,
    fields.field,
    cast(if(ledgers.reason is null, coalesce(counted.changed_building_count, 0), null) as bigint)
        as changed_building_count,
    ledgers.is_partial,
    {{ is_total("ledgers.district_id") }} as is_total
from ledgers
cross join fields
left join counted
    on ledgers.district_id = counted.district_id and fields.field = counted.field
order by ledgers.sort_order, fields.field
