with issue_fragments as (
    select * from {{ ref('int_issue_fragment') }}
),

fragments as (
    select * from {{ ref('stg_silver_fragment') }}
),

classifications as (
    select * from {{ ref('stg_analysis_classification') }}
),

ledger as (
    select * from {{ ref('mart_issue') }}
),

-- What a source does not say stays null in the key, and so does the class where the classifier abstained.
counted as (
    select
        issue_fragments.event_date,
        issue_fragments.issue_id,
        fragments.product,
        fragments.product_version,
        fragments.region,
        fragments.tier,
        classifications.complaint_class,
        count(*) as fragment_count,
        count(distinct fragments.record_id) as message_count
    from issue_fragments
    inner join fragments
        on issue_fragments.fragment_id = fragments.fragment_id
        and issue_fragments.event_date = fragments.event_date
    inner join classifications
        on issue_fragments.fragment_id = classifications.fragment_id
        and issue_fragments.event_date = classifications.event_date
    group by
        issue_fragments.event_date,
        issue_fragments.issue_id,
        fragments.product,
        fragments.product_version,
        fragments.region,
        fragments.tier,
        classifications.complaint_class
),

-- The label is the ledger's, so that an issue has one name on all its days.
final as (
    select
        counted.event_date,
        counted.issue_id,
        ledger.issue_label,
        counted.product,
        counted.product_version,
        counted.region,
        counted.tier,
        counted.complaint_class,
        counted.fragment_count,
        counted.message_count
    from counted
    inner join ledger on counted.issue_id = ledger.issue_id
)

select * from final
