"""Personal data: how each kind looks, which finding wins, and what stands in its place.

One module per kind (`online_addresses`, `bank_numbers`, `secrets`, `phones`, `accounts`) → `detectors`, beside it what is known of one
person (`known_people`) or one company (`custom_patterns`) → `masking`, with `tokens` for the values. The rules that are easy to break: what
looks personal is hidden even where no checksum holds; and each pattern costs no more than the text is long.
"""
