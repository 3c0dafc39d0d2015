"""What vendors call back with: their signatures checked, their payloads read. Pure functions of headers, bytes, a secret and an instant.

From outside `signatures` and `reading` are used, and what they give (`heard`); the other modules read one vendor's payload each. What a
callback leads to stands in `workflows/callbacks`, the door itself in `receiver.py`.
"""
