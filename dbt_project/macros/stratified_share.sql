{#-
    The share of the frame that passes, estimated from a stratified sample, a row per district_id of
    `strata` (rows of int_inspection_stratum): pass_share, the effective number of inspected
    buildings behind it, the buildings of the frame it speaks for and all of them.

    pass_share = Σ N_h p_h / Σ N_h over the strata in which anything was inspected. Its variance is
    Σ W_h² (1 - n_h/N_h) p_h (1 - p_h) / (n_h - 1) (Cochran, Sampling Techniques, 3rd ed., 1977,
    §5.10), n_h the inspected ones; one alone in its stratum, which shows no spread, is taken to
    spread as all do, p (1 - p).

    effective_count is p (1 - p) / variance: a simple sample of so many would be as sure. It is no
    more than a simple sample of the inspected ones: strata that happen to be all alike do not make
    the rate certain. Where all passed or none did, it is that sample less what unequal weights cost
    (Kish). Null where all the frame that is spoken for was inspected: then nothing is estimated.
-#}
{% macro stratified_share(strata) -%}
    select
        district_id,
        pass_share,
        represented_count,
        frame_count,
        case
            when inspected_count >= represented_count then null
            when pass_share in (0, 1) then kish_count / (1 - inspected_count / represented_count)
            else least(
                pass_share * (1 - pass_share) / nullif(sum(
                    power(stratum_frame_count / represented_count, 2)
                    * (1 - stratum_inspected_count / stratum_frame_count)
                    * case
                        when stratum_inspected_count > 1
                            then stratum_share * (1 - stratum_share) / (stratum_inspected_count - 1)
                        else pass_share * (1 - pass_share)
                    end
                ), 0),
                inspected_count / (1 - inspected_count / represented_count)
            )
        end as effective_count
    from (
        select
            district_id,
            frame_count as stratum_frame_count,
            inspected_count as stratum_inspected_count,
            passed_count / nullif(inspected_count, 0) as stratum_share,
            sum(frame_count) over district as frame_count,
            sum(if(inspected_count > 0, frame_count, null)) over district as represented_count,
            sum(inspected_count) over district as inspected_count,
            sum(frame_count * passed_count / nullif(inspected_count, 0)) over district
            / sum(if(inspected_count > 0, frame_count, null)) over district as pass_share,
            power(sum(if(inspected_count > 0, frame_count, null)) over district, 2)
            / sum(frame_count * frame_count / nullif(inspected_count, 0)) over district
                as kish_count
        from {{ strata }}
        window district as (partition by district_id)
    ) as of_strata
    group by
        district_id, pass_share, represented_count, frame_count, inspected_count, kish_count
{%- endmacro %}

{#-
    One bound of the 95 % interval of a stratified_share: Wilson's, with the effective number in the
    place of n (Franco, Little, Louis and Slud, J. Survey Statistics and Methodology 7, 2019; the
    "modified Wilson" limits of SAS PROC SURVEYFREQ). `counted` names the row.
-#}
{% macro design_bound(counted, side) -%}
    {%- set share = counted ~ ".design_pass_share" -%}
    {%- set trials = counted ~ ".effective_count" -%}
    coalesce(
        {{ wilson_bound(share ~ " * " ~ trials, trials, side) }},
        cast(round({{ share }}, 6) as decimal(9, 6))
    )
{%- endmacro %}
