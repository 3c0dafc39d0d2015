"""The whole grid of the policy's situations: that no invariant breaks in any, their number, and questions answered a second.

    python -m feedback_loop_tests.benchmarks.policy_grid [--small] [--without GUARD]

`--without` cuts one guard out of the policy by hand; the command then ends with 1, for some invariant breaks, unless something else backs
the guard. `make test` goes over the small grid.
"""

from __future__ import annotations

import argparse
import sys
import time

from feedback_loop.remediation.cedar_guards import seed_guards
from feedback_loop.remediation.policy import seed_policy
from feedback_loop_tests.remediation.policy_grid import INVARIANTS, broken, situations, without

QUESTIONS = 4
"""What is asked of each situation: to propose it, twice whether it may be done alone, and to send it."""


def main() -> None:
    """Print the table; end with 1 where an invariant breaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--without", metavar="GUARD", default=None)
    args = parser.parse_args()
    if args.without not in (None, *seed_guards().ids - {"base"}):
        sys.exit(f"no guard is called {args.without}; see `feedback-loop policy show`")
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
