"""How fast the audit chain is sealed and verified, in memory and on one core.

python -m feedback_loop_tests.benchmarks.audit_chain [--records 30000]

Prints records a second, and the breaks that were found in a chain that is whole, which must be none.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from feedback_loop.contracts.audit_trail import AuditEntry, AuditRecord
from feedback_loop.remediation.audit import anchor_of, seal, verify

BEGIN, SALT = datetime(2026, 3, 2, tzinfo=UTC), "5a" * 16


def sealed(count: int) -> list[AuditRecord]:
    """A chain of so many records of one made-up proposal each."""
    chain: list[AuditRecord] = []
    for number in range(count):
        content = {"proposal_status": "approved", "number": number}
        entry = AuditEntry(BEGIN + timedelta(seconds=number), "proposal_moved", f"proposal_{number:020x}", "ada", content)
        chain.append(seal(chain[-1] if chain else None, entry, SALT))
    return chain


def per_second(count: int, work: Callable[[], object]) -> str:
    """Records a second of the work, as text."""
    began = time.perf_counter()
    work()
    return f"{count / (time.perf_counter() - began):,.0f}"


def main() -> None:
    """Print the three rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=30_000)
    count = parser.parse_args().records
    chain = sealed(count)
    anchor = anchor_of(chain[-1])
    contents = {record.sequence: (SALT, {"proposal_status": "approved", "number": record.sequence - 1}) for record in chain}
    broken = [*verify(chain, contents, anchor), *verify(chain, {}, anchor)]
    print(f"{count:,} records, {len(broken)} breaks; a second:")
    print(f"sealed {per_second(count, lambda: sealed(count))}")
    print(f"verified with contents {per_second(count, lambda: verify(chain, contents, anchor))}")
    print(f"verified without contents {per_second(count, lambda: verify(chain, {}, anchor))}")


if __name__ == "__main__":
    main()
