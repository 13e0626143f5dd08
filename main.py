"""Start Wirebrush."""

import sys

if __name__ == "__main__":
    try:
        from studio.cli import main

        sys.exit(main())
    except KeyboardInterrupt:  # before the command line was there to answer it
        sys.exit(130)
