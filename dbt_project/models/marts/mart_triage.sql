with issues as (
    select * from {{ ref('mart_issue') }}
),

issue_fragments as (
    select * from {{ ref('int_issue_fragment') }}
),

triages as (
    select * from {{ ref('stg_analysis_triage') }}
),

open_issues as (
    select * from issues where issue_status is null or issue_status <> 'resolved'
),

-- An issue is as urgent as its latest days are: what was urgent a month ago and is mild now must not stay on top.
ranked as (
    select
        issue_fragments.issue_id,
        triages.urgency,
        triages.owner,
        triages.owner_rule,
        dense_rank() over (partition by issue_fragments.issue_id order by issue_fragments.event_date desc) as day_rank
    from issue_fragments
    inner join triages
        on issue_fragments.fragment_id = triages.fragment_id
        and issue_fragments.event_date = triages.event_date
),

recent as (
    select * from ranked where day_rank <= 7
),

levels as (
    select
        issue_id,
        count(*) as recent_fragment_count,
        sum(case when urgency = 'urgent' then 1 else 0 end) as urgent_fragment_count,
        sum(case when urgency = 'high' then 1 else 0 end) as high_fragment_count,
        sum(case when urgency = 'normal' then 1 else 0 end) as normal_fragment_count
    from recent
    group by issue_id
),

-- The team that owns most of an issue's fragments owns the issue; of equals the first by name, so that each build says the same.
ranked_owners as (
    select
        issue_id,
        owner,
        owner_rule,
        row_number() over (partition by issue_id order by count(*) desc, owner, owner_rule) as owner_rank
    from recent
    group by issue_id, owner, owner_rule
),

owners as (
    select * from ranked_owners where owner_rank = 1
),

final as (
    select
        open_issues.issue_id,
        open_issues.product,
        open_issues.issue_class,
        open_issues.issue_label,
        open_issues.issue_status,
        case
            when levels.urgent_fragment_count > 0 then 'urgent'
            when levels.high_fragment_count > 0 then 'high'
            when levels.normal_fragment_count > 0 then 'normal'
            else 'low'
        end as urgency,
        cast(levels.urgent_fragment_count as bigint) as urgent_fragment_count,
        cast(levels.high_fragment_count as bigint) as high_fragment_count,
        cast(levels.recent_fragment_count as bigint) as recent_fragment_count,
        owners.owner,
        owners.owner_rule,
        open_issues.last_seen_at
    from open_issues
    inner join levels on open_issues.issue_id = levels.issue_id
    inner join owners on open_issues.issue_id = owners.issue_id
)

select * from final
