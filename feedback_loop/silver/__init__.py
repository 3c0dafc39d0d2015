"""Clean, private, atomic: raw records become messages and complaint units whose personal data are masked.

Here: which version of a record counts (`latest`), the message (`messages`) without what its sender always writes (`boilerplate`), its
units (`units`, `fragments`), who says the same again, in the same words or nearly so (`deduplicate`), what was going on meanwhile
(`context_links`), and the same steps on a list of texts (`tryout`). How text is normalised, masked or cut is in `methods`; what units
are about is `analysis`. The rule that is easy to break: raw text enters here and does not leave; each row-wise step maps one arrow batch
to one.
"""
