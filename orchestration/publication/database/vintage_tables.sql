-- What the published file says of releases. Run in it by vintage_tables.py, which first fills
-- `releases`, `decisions`, `accepted_differences` (from the ledger), `vintages` (the table's rows of
-- every vintage), `kept_deliveries` (deliveries by vintage) and `measure_kinds`.
-- What a column that is a metric of the registry means is the registry's to say.
-- Columns that several tables have are described in vintage_tables.py.
-- Macros' parameters are prefixed: one named like a column would match every row.

create table marts.rpt_release as
select month, vintage, status, released_at, note, reason_code, reviewer, released_status, withdrawn_at, is_current
from releases
order by month, vintage;
comment on table marts.rpt_release is '发布记录。One row per month and vintage that was released.';
comment on column marts.rpt_release.vintage is '版次 · number of the release, from 1';
comment on column marts.rpt_release.status is '发布状态 · provisional, final or withdrawn';
comment on column marts.rpt_release.released_at is '发布时间 · when it was released, Suzhou''s clock';
comment on column marts.rpt_release.note is '发布说明 · what the reviewer wrote';
comment on column marts.rpt_release.reason_code is '修订原因 · why it differs from the vintage before; null for the first';
comment on column marts.rpt_release.reviewer is '审核人 · who released it';
comment on column marts.rpt_release.released_status is '发布时状态 · provisional or final, whatever became of it';
comment on column marts.rpt_release.withdrawn_at is '撤回时间 · when it was withdrawn, Suzhou''s clock';
comment on column marts.rpt_release.is_current is '是否现行 · whether the month''s published figures are this vintage''s';

create table marts.rpt_release_decision as
from decisions order by month, decision_number;
comment on table marts.rpt_release_decision is '发布决定。One row per decision on a month''s releases: release, erratum, withdraw, unlock.';
comment on column marts.rpt_release_decision.decision_number is '序号 · order of the month''s decisions, from 1';
comment on column marts.rpt_release_decision.vintage is '版次 · the release that it is about';
comment on column marts.rpt_release_decision.action is '决定 · release, erratum, withdraw or unlock';
comment on column marts.rpt_release_decision.decided_at is '时间 · Suzhou''s clock';
comment on column marts.rpt_release_decision.reason_code is '修订原因 · of a release after the first';
comment on column marts.rpt_release_decision.note is '说明 · what the reviewer wrote';
comment on column marts.rpt_release_decision.decided_by is '决定人 · who decided';

create table marts.rpt_accepted_difference as
select accepted.month, accepted.vintage, accepted.district_id, place.district_name, accepted.* exclude (month, vintage, district_id)
from accepted_differences as accepted
left join (select month, vintage, district_id, district_name from vintages) as place
    on accepted.month = place.month and accepted.vintage = place.vintage and accepted.district_id = place.district_id
order by accepted.month, accepted.vintage, accepted.district_id, accepted.metric_id;
comment on table marts.rpt_accepted_difference is '认可的差异。One row per difference between ledger and report that a final release accepted.';
comment on column marts.rpt_accepted_difference.district_id is '地区编号 · stable id of the district';
comment on column marts.rpt_accepted_difference.ledger_value is '台账数 · counted from the ledger';
comment on column marts.rpt_accepted_difference.reported_value is '月报数 · reported by the district';
comment on column marts.rpt_accepted_difference.difference is '差异 · ledger less report';
comment on column marts.rpt_accepted_difference.note is '认可说明 · why it was accepted';
comment on column marts.rpt_accepted_difference.accepted_by is '认可人 · who accepted it';

create table marts.rpt_district_monthly_vintage as
from vintages order by month, vintage, sort_order;

-- Every figure of every release beside the one before it and the first one: read down a month it is
-- one line of the revision triangle.
create table marts.rpt_revision_triangle as
with

figures as (
    from (
        select month, vintage, district_id, district_code, district_name, sort_order, is_total, $figures
        from vintages
        where vintage > 0
    )
    unpivot include nulls (value for metric_id in ($measures))
)

select
    month, district_id, district_code, district_name, metric_id, vintage, value,
    lag(value) over story as previous_value,
    first_value(value) over story as first_value,
    cast(value - lag(value) over story as decimal(18, 2)) as revision,
    cast(value - first_value(value) over story as decimal(18, 2)) as cumulative_revision,
    is_total
from figures
window story as (partition by month, district_id, metric_id order by vintage)
order by month, sort_order, metric_id, vintage;
comment on table marts.rpt_revision_triangle is '修订三角。One row per month, district, measure and vintage: the figure and its revisions.';
comment on column marts.rpt_revision_triangle.value is '该版数值 · as released; null where missing';
comment on column marts.rpt_revision_triangle.previous_value is '上一版数值 · of the vintage before';

create table marts.rpt_revision as
with

changed as (
    select
        later.month, later.vintage, later.district_id, later.kind,
        case
            when later.version is null
                then 'withdrawn ' || strftime(later.month, '%Y-%m') || '/' || later.district_id || '/' || later.kind || '/' || earlier.version
            else strftime(later.month, '%Y-%m') || '/' || later.district_id || '/' || later.kind || '/' || later.version
        end as delivery
    from kept_deliveries as later
    inner join kept_deliveries as earlier
        on later.month = earlier.month and later.vintage = earlier.vintage + 1
        and later.district_id = earlier.district_id and later.kind = earlier.kind
    where (later.sha256, later.state) is distinct from (earlier.sha256, earlier.state)
),

causes as (
    select month, vintage, district_id, metric_id, string_agg(delivery, ', ' order by delivery) as delivery
    from changed inner join measure_kinds using (kind)
    group by all
    union all
    select month, vintage, 'city', metric_id, string_agg(delivery, ', ' order by delivery)
    from changed inner join measure_kinds using (kind)
    group by all
)

select
    triangle.month, triangle.district_id, triangle.district_code, triangle.district_name, triangle.metric_id,
    triangle.vintage,
    triangle.previous_value as old_value,
    triangle.value as new_value,
    triangle.revision as difference,
    releases.reason_code,
    causes.delivery,
    triangle.is_total
from marts.rpt_revision_triangle as triangle
inner join releases using (month, vintage)
left join causes
    on triangle.month = causes.month and triangle.vintage = causes.vintage
    and triangle.district_id = causes.district_id and triangle.metric_id = causes.metric_id
where triangle.vintage > 1 and triangle.value is distinct from triangle.previous_value
order by triangle.month, triangle.vintage, triangle.district_code, triangle.metric_id;
comment on table marts.rpt_revision is '修订。One row per month, district, measure and vintage whose figure differs from the vintage before.';
comment on column marts.rpt_revision.vintage is '版次 · the release that brought the new value';
comment on column marts.rpt_revision.old_value is '修订前 · of the vintage before; null where missing';
comment on column marts.rpt_revision.new_value is '修订后 · of this vintage; null where missing';
comment on column marts.rpt_revision.difference is '差额 · new less old; null where either is missing';
comment on column marts.rpt_revision.reason_code is '修订原因 · as the release gave it';
comment on column marts.rpt_revision.delivery is '引起修订的报送 · month/district/kind/version; null where no delivery changed';

create table marts.rpt_mean_revision as
with

ends as (
    select
        district_id, district_code, metric_id, month, is_total,
        last(district_name order by vintage) as district_name,
        first(value order by vintage) as first_value,
        last(value order by vintage) as last_value
    from marts.rpt_revision_triangle
    group by all
)

select
    district_id, district_code,
    -- one that was renamed is one district still, by its last name
    last(district_name order by month) as district_name,
    metric_id,
    count(*) as released_month_count,
    count(*) filter (where first_value is distinct from last_value) as revised_month_count,
    avg(last_value - first_value) as mean_revision,
    avg(abs(last_value - first_value)) as mean_absolute_revision,
    -- both sides count the months that both vintages have a figure of
    try_cast(
        sum(abs(last_value - first_value))
        / nullif(sum(abs(first_value)) filter (where last_value is not null), 0) as decimal(9, 6)
    ) as absolute_revision_share,
    is_total
from ends
group by all
order by district_code, metric_id;
comment on table marts.rpt_mean_revision is '平均修订。One row per district and measure: from first to last vintage, over all released months.';
comment on column marts.rpt_mean_revision.released_month_count is '已发布月数 · months with at least one release';
comment on column marts.rpt_mean_revision.revised_month_count is '修订月数 · months whose last vintage differs from the first';

create macro marts.as_released(p_month, p_vintage) as table
select figures.*
from marts.rpt_district_monthly_vintage as figures
where strftime(figures.month, '%Y-%m') = left(cast(p_month as varchar), 7)
    and figures.vintage = p_vintage
order by figures.sort_order;

-- A day alone means until its end. The provisional figures of an open month are known since the
-- file was published: earlier ones were replaced and are not kept.
create macro marts.as_known_on(p_month, p_at) as table
with

asked as (
    select case
        when length(cast(p_at as varchar)) = 10 then cast(p_at as timestamp) + interval 1 day
        else cast(p_at as timestamp) + interval 1 microsecond
    end as ends_before
),

known as (
    select
        vintage,
        case when withdrawn_at < asked.ends_before then 'withdrawn' else released_status end as status,
        released_at as known_since
    from marts.rpt_release, asked
    where strftime(month, '%Y-%m') = left(cast(p_month as varchar), 7) and released_at < asked.ends_before
    union all
    select 0, 'provisional', file.built_at
    from marts.publication as file, asked
    where file.built_at < asked.ends_before
        and exists (
            from marts.rpt_district_monthly as shown
            where strftime(shown.month, '%Y-%m') = left(cast(p_month as varchar), 7) and shown.vintage = 0
        )
)

select figures.* replace (latest.status as status)
from marts.rpt_district_monthly_vintage as figures
inner join (from known order by known_since desc, vintage desc limit 1) as latest
    on figures.vintage = latest.vintage
where strftime(figures.month, '%Y-%m') = left(cast(p_month as varchar), 7)
order by figures.sort_order;
