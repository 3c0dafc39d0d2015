with messages as (
    select * from {{ ref('stg_silver_message') }}
),

-- A record without a rating is neither rated nor negative; its message still counts.
final as (
    select
        event_date,
        product,
        channel,
        product_version,
        region,
        tier,
        count(*) as message_count,
        count(rating) as rated_count,
        count(case when rating <= 2 then 1 end) as negative_count
    from messages
    group by event_date, product, channel, product_version, region, tier
)

select * from final
