"""`python -m cmis_audit` is `cmis-audit`."""

from cmis_audit.cli.main import run

if __name__ == "__main__":
    run()
