"""`python -m qitao` is `qitao`."""

import sys

from qitao.cli import main

if __name__ == "__main__":
    sys.exit(main())
