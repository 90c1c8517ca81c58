"""`python -m bookwidget.ops …` is the same as `bookwidget …`."""

from bookwidget.ops.cli import main

if __name__ == "__main__":
    main()
