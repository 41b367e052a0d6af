pytest_plugins = ["fix_browser", "fix_debian", "fix_postgres"]
