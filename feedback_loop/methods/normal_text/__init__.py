"""One spelling for what people write in many: `markup` and `mojibake` → `normalising`, and one name for each product (`product_names`).

Everything here is a rewriting with its alignment, so that each part of the result leads back to the raw text. Personal data is masked
afterwards, in `personal_data`. The rule that is easy to break: a rewriting judges locally, so that a slice reads as it did within the
whole.
"""
