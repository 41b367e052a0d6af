pytest_plugins = ["fix_browser", "fix_postgres"]
