with source as (
    select * from {{ source('lake', 'analysis_hypothesis') }}
),

final as (
    select
        hypothesis_id,
        alert_id,
        event_date,
        product,
        hypothesis_rank,
        cause_kind,
        cause_id,
        cause_step_ids,
        cause_service,
        cause_scope,
        cause_started_at,
        onset_at,
        hypothesis_score,
        hypothesis_verdict,
        evidence_for,
        evidence_against
    from source
)

select * from final
