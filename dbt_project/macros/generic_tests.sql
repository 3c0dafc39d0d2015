{# Holds where no two rows agree in all the columns; nulls count as equal, because a null in a key means "not said". #}
{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}


{# Holds where none of the columns is null in any row: one query per table instead of one per column. #}
{% test never_null(model, columns) %}
select *
from {{ model }}
where {% for column in columns %}{{ 'or ' if not loop.first }}{{ column }} is null {% endfor %}
{% endtest %}
