"""What several stages share and nobody should write twice: mathematics and text, as pure functions.

How a text becomes clean is `cleaning`; it joins `normal_text` (one spelling) and `personal_data` (what is masked). What a text is, is asked
of `mail` (what of it was written now), `languages`, `segments` (complaint units) and `repetition` (copies). `statistics` count and judge,
`erasure` takes out; `alignment`, `batches`, `stop_words` and the groups of texts stand by themselves. Stage logic lives in the stages;
vocabulary in `contracts`. The rules that are easy to break: nothing here knows a table, a clock, a file or a stage; and which folder may
import which is a rule of its own in `pyproject.toml`.
"""
