"""What of a mail its sender wrote now. `replies` is the door and judges; the rest tells how each kind of line looks.

The words of mail clients, lawyers and people who sign stand in their modules, by language. Not here: lines that recur across a customer's
mails (`silver.boilerplate`). The rule that is easy to break: in doubt a line is text, because a complaint that was taken for a signature is
lost.
"""
