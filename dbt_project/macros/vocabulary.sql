{# Words of the contracts that a model or a test has to name; a test of the project holds them against `contracts/`. #}

{# The actions that change something for customers: MENDING. #}
{% macro mending_kinds() %}'roll_back_release', 'roll_back_config', 'retry_job', 'create_content_task', 'route_with_context'{% endmacro %}
