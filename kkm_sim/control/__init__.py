"""The control API: HTTP and WebSocket over a running simulator. Imported only when somebody asks for `--http`."""
