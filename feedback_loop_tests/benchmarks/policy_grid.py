"""The whole grid of the policy's situations: that no invariant breaks in any, their number, and questions answered a second.

    python -m feedback_loop_tests.benchmarks.policy_grid [--small] [--without GUARD]

`--without` cuts one guard out of the policy by hand; the command then ends with 1, for some invariant breaks, unless something else backs
the guard. `make test` goes over the small grid.
"""

from __future__ import annotations

import argparse
import re
import sys
import time

from feedback_loop.remediation.cedar_guards import parse_guards, policy_text
from feedback_loop.remediation.limits import limits_text, seed_limits
from feedback_loop.remediation.policy import Policy, policy_of, seed_policy
from feedback_loop_tests.remediation.policy_grid import INVARIANTS, broken, situations

QUESTIONS = 4
"""What is asked of each situation: to propose it, twice whether it may be done alone, and to send it."""


def without(guard: str) -> Policy:
    """The package's policy without the guard; ends the command where there is none of that name."""
    pattern = rf'@id\("{re.escape(guard)}"\)\nforbid .*?;\n'
    text, count = re.subn(pattern, "", policy_text("guards.cedar"), count=1, flags=re.DOTALL)
    if not count:
        sys.exit(f"no guard is called {guard}; see `feedback-loop policy show`")
    return policy_of(seed_limits(), parse_guards("", text), limits_text())


def main() -> None:
    """Print the table; end with 1 where an invariant breaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--without", metavar="GUARD", default=None)
    args = parser.parse_args()
    policy = seed_policy() if args.without is None else without(args.without)
    began, used = time.monotonic(), time.process_time()
    counts, seen, sent = broken(situations(policy, is_small=args.small))
    took, cpu = time.monotonic() - began, time.process_time() - used
    print("| invariant | broken in |\n|---|---:|")
    for name in INVARIANTS:
        print(f"| {name} | {counts[name]:,} |")
    print(
        f"\n{seen:,} situations in {took:.0f} s, {sent:,} of them sent; {seen * QUESTIONS / cpu:,.0f} decisions a second of processor time"
    )
    sys.exit(1 if counts else 0)


if __name__ == "__main__":
    main()
