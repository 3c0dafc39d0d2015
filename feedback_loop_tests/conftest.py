"""What holds for every test: laws are tried on the same examples each time, a busy machine is no failure, all homes share one key."""

import os

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

# Tables of two homes can only be compared where their tokens are made with the same key; processes that tests start inherit it.
os.environ["FEEDBACK_LOOP_MASKING_KEY"] = "the key of all tests, known to everybody"
