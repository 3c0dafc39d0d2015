"""`python -m feedback_loop.cli`: the same command without the installed script."""

from feedback_loop.cli.entry import main

main()
