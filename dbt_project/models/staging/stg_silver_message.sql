with source as (
    select * from {{ source('lake', 'silver_message') }}
),

final as (
    select
        record_id,
        event_date,
        product,
        channel,
        product_version,
        region,
        tier,
        rating
    from source
)

select * from final
