with source as (
    select * from {{ source('lake', 'silver_fragment') }}
),

final as (
    select
        fragment_id,
        record_id,
        event_date,
        product,
        channel,
        product_version,
        region,
        tier,
        segment,
        language,
        rating,
        masked_text,
        duplicate_of
    from source
)

select * from final
