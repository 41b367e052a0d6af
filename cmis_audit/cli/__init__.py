"""The command line: arguments in, files and an exit status out."""
