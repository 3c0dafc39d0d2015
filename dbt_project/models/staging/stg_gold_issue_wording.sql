with source as (
    select * from {{ source('lake', 'gold_issue_wording') }}
),

-- Only what is shown: words that failed a check were never kept.
final as (
    select
        issue_id,
        event_date,
        wording_summary,
        wording_hypothesis,
        wording_version
    from source
    where wording_summary is not null
)

select * from final
