"""Run planted bugs and print which were found: `python -m tests.mutants [NAME …]`."""

from __future__ import annotations

import shutil
import sys
import time

from tests.fixtures.database import ThrowAwayServer, new_folder
from tests.mutants.bench import Bench, Verdict
from tests.mutants.planted import MUTANTS


def main(names: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    unknown = set(names) - {mutant.name for mutant in chosen}
    if unknown:
        print(f"no planted bug has that name: {', '.join(sorted(unknown))}")
        return 2
    server, began = ThrowAwayServer(new_folder()), time.monotonic()
    work = new_folder()
    try:
        bench = Bench(work, server.start())
        print(f"sound    {bench.prove_sound(chosen):6.1f} s  their tests on the unharmed source", flush=True)
        verdicts: list[Verdict] = []
        for mutant in chosen:
            verdicts.append(bench.judge(mutant))
            print(verdicts[-1], flush=True)
    finally:
        server.throw_away()
        shutil.rmtree(work, ignore_errors=True)
    killed = sum(verdict.is_killed for verdict in verdicts)
    print(f"{killed} of {len(verdicts)} planted bugs found in {time.monotonic() - began:.0f} s")
    return 0 if killed == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
