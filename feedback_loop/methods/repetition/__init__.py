"""Which texts say the same: in the same form or words (`fingerprints`), or but for slips (`wording` → `same_words` → `near_duplicates`).

Which fragments are compared (customer, product, window) is `silver.deduplicate`. The rule that is easy to break: what two texts are to each
other follows from the two alone, never from the batch.
"""
