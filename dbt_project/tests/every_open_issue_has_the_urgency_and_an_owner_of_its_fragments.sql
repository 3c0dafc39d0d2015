-- Each issue that is not resolved and has triaged fragments stands in the mart once, no other does, and what it says is said of a fragment.
with mart as (
    select * from {{ ref('mart_triage') }}
),

fragments as (
    select
        members.issue_id,
        triages.urgency,
        triages.owner
    from {{ ref('int_issue_fragment') }} as members
    inner join {{ ref('stg_analysis_triage') }} as triages on members.fragment_id = triages.fragment_id
),

due as (
    select distinct ledger.issue_id
    from {{ ref('mart_issue') }} as ledger
    inner join fragments on ledger.issue_id = fragments.issue_id
    where coalesce(ledger.issue_status, 'open') <> 'resolved'
),

compared as (
    select
        coalesce(due.issue_id, mart.issue_id) as issue_id,
        due.issue_id is null or mart.issue_id is null as is_alone
    from due
    full outer join mart on due.issue_id = mart.issue_id
),

unsaid as (
    select mart.issue_id
    from mart
    left join fragments
        on mart.issue_id = fragments.issue_id and mart.urgency = fragments.urgency
    group by mart.issue_id
    having count(fragments.issue_id) = 0
),

foreign_owners as (
    select mart.issue_id
    from mart
    left join fragments
        on mart.issue_id = fragments.issue_id and mart.owner = fragments.owner
    group by mart.issue_id
    having count(fragments.issue_id) = 0
),

miscounted as (
    select issue_id
    from mart
    where
        urgent_fragment_count + high_fragment_count > recent_fragment_count
        or (urgency = 'urgent') <> (urgent_fragment_count > 0)
        or (urgency = 'high') <> (urgent_fragment_count = 0 and high_fragment_count > 0)
)

select issue_id from compared where is_alone
union all
select issue_id from unsaid
union all
select issue_id from foreign_owners
union all
select issue_id from miscounted
