"""A message cut into complaint units: `sentence_marks` and `clauses` say where it may be cut, `cutting` where it is.

What single words tell is in `word_kinds`, the lists are `clause_marks` and `word_lists`. From outside only `cutting` is used. The rule that
is easy to break: no model and no topic, only signs that any company's customers write.
"""
