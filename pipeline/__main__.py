"""`python -m pipeline` is `monoglot`."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
