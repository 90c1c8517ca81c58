"""What operators run: the command line, the processes behind it, and the demo."""
