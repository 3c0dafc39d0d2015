with source as (
    select * from {{ source('lake', 'analysis_route') }}
),

final as (
    select
        fragment_id,
        event_date,
        route,
        route_reason
    from source
)

select * from final
