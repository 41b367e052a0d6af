"""CONNECT and INTROSPECT: a live server or a snapshot file becomes a Catalog."""
