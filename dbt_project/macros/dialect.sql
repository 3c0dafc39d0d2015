{# What differs between DuckDB and Databricks, behind one name each. Models use nothing else that one of the two lacks. #}

{# One row per element of a list column; used in a select list, where rows with an empty list vanish. #}
{% macro each_element(list_column) %}{{ return(adapter.dispatch('each_element')(list_column)) }}{% endmacro %}

{% macro default__each_element(list_column) %}explode({{ list_column }}){% endmacro %}

{% macro duckdb__each_element(list_column) %}unnest({{ list_column }}){% endmacro %}


{# How many elements a list column has. #}
{% macro element_count(list_column) %}{{ return(adapter.dispatch('element_count')(list_column)) }}{% endmacro %}

{% macro default__element_count(list_column) %}size({{ list_column }}){% endmacro %}

{% macro duckdb__element_count(list_column) %}len({{ list_column }}){% endmacro %}


{# The UTC day of an instant. #}
{% macro utc_day(instant_column) %}{{ return(adapter.dispatch('utc_day')(instant_column)) }}{% endmacro %}

{% macro default__utc_day(instant_column) %}cast(to_utc_timestamp({{ instant_column }}, current_timezone()) as date){% endmacro %}

{% macro duckdb__utc_day(instant_column) %}cast({{ instant_column }} at time zone 'UTC' as date){% endmacro %}


{# Minutes from one instant to another, with their fractions. #}
{% macro minutes_between(start, end) %}{{ return(adapter.dispatch('minutes_between')(start, end)) }}{% endmacro %}

{% macro default__minutes_between(start, end) %}((unix_micros({{ end }}) - unix_micros({{ start }})) / 60000000.0){% endmacro %}

{% macro duckdb__minutes_between(start, end) %}(date_diff('microsecond', {{ start }}, {{ end }}) / 60000000.0){% endmacro %}


{# One row per day from the first to the last, both included; used in a select list, without rows where there is no first. #}
{% macro each_day(first_date, last_date) %}{{ return(adapter.dispatch('each_day')(first_date, last_date)) }}{% endmacro %}

{% macro default__each_day(first_date, last_date) %}explode(sequence({{ first_date }}, {{ last_date }})){% endmacro %}

{% macro duckdb__each_day(first_date, last_date) %}cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day)) as date){% endmacro %}
