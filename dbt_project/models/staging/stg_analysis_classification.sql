with source as (
    select * from {{ source('lake', 'analysis_classification') }}
),

final as (
    select
        fragment_id,
        event_date,
        complaint_class,
        best_class,
        taxonomy_class,
        class_score,
        is_abstained
    from source
)

select * from final
