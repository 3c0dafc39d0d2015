"""What several stages share and nobody should write twice: mathematics and text, as pure functions.

Here, each in its module: alignment of rewritten texts, normalising, masking and its detectors, language, segmentation, replies,
fingerprints, and the statistics that more than one stage needs. Stage logic lives in the stages; vocabulary in `contracts`. The rule that
is easy to break: nothing here knows a table, a clock, a file or a stage.
"""
