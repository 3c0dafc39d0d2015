"""What has to go when people are erased: their rows and what other rows say of them (`scrubbing`), and what would betray them (`traces`).

Frames and strings in, frames and strings out. Who is erased is decided in `workflows/erase.py`, files are rewritten and searched by
`adapters.erasure`.
"""
