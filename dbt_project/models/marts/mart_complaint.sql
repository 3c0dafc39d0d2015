with fragments as (
    select * from {{ ref('stg_silver_fragment') }}
),

classifications as (
    select * from {{ ref('stg_analysis_classification') }}
),

routes as (
    select * from {{ ref('stg_analysis_route') }}
),

issue_fragments as (
    select * from {{ ref('int_issue_fragment') }}
),

-- A fragment appears as soon as it is classified; praise, other and duplicates belong to no issue and keep a null there.
-- What was classified before there were routes had no gate, and nothing of it is decided without a person.
final as (
    select
        fragments.fragment_id,
        fragments.record_id,
        fragments.event_date,
        fragments.product,
        fragments.channel,
        fragments.product_version,
        fragments.region,
        fragments.tier,
        fragments.segment,
        fragments.language,
        fragments.rating,
        fragments.masked_text,
        classifications.complaint_class,
        classifications.best_class,
        classifications.taxonomy_class,
        classifications.class_score,
        classifications.is_abstained,
        coalesce(routes.route, 'human') as route,
        coalesce(routes.route_reason, 'no_gate') as route_reason,
        fragments.duplicate_of,
        issue_fragments.issue_id as complaint_issue_id
    from fragments
    inner join classifications
        on fragments.fragment_id = classifications.fragment_id
        and fragments.event_date = classifications.event_date
    left join routes
        on fragments.fragment_id = routes.fragment_id
        and fragments.event_date = routes.event_date
    left join issue_fragments
        on fragments.fragment_id = issue_fragments.fragment_id
        and fragments.event_date = issue_fragments.event_date
)

select * from final
