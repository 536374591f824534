-- What several queries ask, said once. A name is looked up where a macro is used, so that one set
-- of macros serves the views of every area.

-- Whether p_closed_on closed a case before p_day and no reopening undid it before p_day.
create or replace macro closed_before(p_closed_on, p_reopened_on, p_day) as coalesce(
    try_cast(p_closed_on as date) < p_day
    and not coalesce(
        try_cast(p_reopened_on as date) >= try_cast(p_closed_on as date)
        and try_cast(p_reopened_on as date) < p_day,
        false
    ),
    false
);

-- Whether a case of a ledger was completed or withdrawn before p_day, and not reopened before it.
create or replace macro is_ended(p_case, p_day) as
closed_before(p_case.completed_on, p_case.reopened_on, p_day)
or closed_before(p_case.withdrawn_on, p_case.reopened_on, p_day);

-- Whether the end that a reopening undid is not in the row, because a later end stands there.
create or replace macro is_end_hidden(p_case) as coalesce(
    least(try_cast(p_case.completed_on as date), try_cast(p_case.withdrawn_on as date))
    > try_cast(p_case.reopened_on as date),
    false
);

-- Whether a case stood in the verified backlog when p_day began: verified 属实 before that day, no
-- closing before it that a reopening had not undone, and no reopening from that day on that must
-- have undone a closing which the row hides.
create or replace macro in_backlog(p_case, p_day) as
coalesce(p_case.verification_result = '属实', false)
and coalesce(try_cast(p_case.verified_on as date) < p_day, false)
and not is_ended(p_case, p_day)
and not (is_end_hidden(p_case) and try_cast(p_case.reopened_on as date) >= p_day);

-- Whether a date written as text falls into the month that begins with p_month.
create or replace macro in_month(p_on, p_month) as coalesce(
    date_trunc('month', try_cast(p_on as date)) = p_month, false
);

-- The district's limits of a measure, from the seed of plausibility bands.
create or replace macro band_low(p_measure) as (
    select low from bands
    where measure = p_measure
);
create or replace macro band_high(p_measure) as (
    select high from bands
    where measure = p_measure
);
create or replace macro is_outside(p_value, p_measure) as coalesce(
    p_value < band_low(p_measure) or p_value > band_high(p_measure), false
);

-- Whether so many of p_count are more than the share that a measure's limit allows, by more than
-- chance (3.3 standard deviations) explains.
create or replace macro is_above_share(p_hits, p_count, p_measure) as
p_hits / p_count > band_high(p_measure)
+ 3.3 * sqrt(band_high(p_measure) * (1 - band_high(p_measure)) / p_count);

-- How likely a count at least this far from p_total in p_months months is by chance alone: no more
-- than this (Chernoff's bound on the binomial share of the new month in all events).
create or replace macro chance_of_count(p_count, p_total, p_months) as case
    when p_count + p_total = 0 then 1
    else exp(
        -p_count * coalesce(ln(nullif(p_count, 0) * (p_months + 1) / (p_count + p_total)), 0)
        - p_total
        * coalesce(
            ln(nullif(p_total, 0) * (p_months + 1) / ((p_count + p_total) * p_months)), 0
        )
    )
end;

-- How likely two independent months have the same count by chance: about this (Poisson).
create or replace macro chance_of_repeat(p_count) as least(
    1, 1 / (2 * sqrt(pi() * greatest(p_count, 0.05)))
);

-- The four case measures of a report, one row a month and measure; by-town rows are added up.
create or replace macro reported_flows(p_report) as table
    with report as (
        select
            month,
            max(row_number) as row_number,
            bool_or(note is not null) as is_noted,
            sum(suspected_complaint_count::bigint) as suspected_complaint_count,
            sum(suspected_patrol_count::bigint) as suspected_patrol_count,
            sum(verified_count::bigint) as verified_count,
            sum(completed_count::bigint) as completed_count
        from query_table(p_report)
        group by month
    )

    unpivot report
    on suspected_complaint_count, suspected_patrol_count, verified_count, completed_count
    into name field value reported;

-- What a ledger says, without where and when it was delivered: how many rows, and their hash.
create or replace macro content_of(p_ledger) as table
    with content as (
        select
            columns(
                lambda name: name not in (
                    'month',
                    'district_id',
                    'delivery_id',
                    'file_name',
                    'sheet',
                    'row_number',
                    'as_at'
                )
            )
        from query_table(p_ledger)
    )

    select
        count(*) as row_count,
        sum(hash(content)::hugeint) as content_hash
    from content;

-- Buildings that registered changes of this month or earlier ones ended.
create or replace macro changed_buildings() as table
    select old_building_id as building_id from building_changes
    union
    select old_building_id from history_building_changes;

-- Buildings that a district knows: listed in its ledger this month, or ended by a change.
create or replace macro district_buildings() as table
    select building_id from listed_building
    union
    select building_id from changed_buildings()
    where building_id is not null;
-- The last row of each dangerous building's case: what the register says of it now.
create or replace macro last_danger_rows() as table
    select *
    from danger_cases
    qualify
        row_number() over (
            partition by danger_case_id
            order by try_cast(appraisal_no as integer) desc, row_number desc
        ) = 1;

-- Each row whose town is official: do district, town and community belong together?
create or replace macro unofficial_places(p_ledger) as table
    with places as (
        select distinct
            district,
            town,
            community
        from query_table(p_ledger)
        where town in (select official_towns.town from official_towns)
    ),

    judged as (
        select
            places.district,
            places.town,
            places.community,
            bool_or(official_towns.town is not null) as is_town,
            bool_or(official_communities.community is not null) as is_community
        from places
        left join official_towns
            on places.district = official_towns.district and places.town = official_towns.town
        left join official_communities
            on
                official_towns.town_key = official_communities.town_key
                and places.community = official_communities.community
        group by all
    )

    select
        ledger.row_number,
        if(judged.is_town, 'community', 'town') as field,
        ledger.record_key,
        not judged.is_town
        or (ledger.community is not null and not judged.is_community) as is_failing
    from query_table(p_ledger) as ledger
    inner join judged
        on
            ledger.district = judged.district
            and ledger.town = judged.town
            and ledger.community is not distinct from judged.community
    order by ledger.row_number;
