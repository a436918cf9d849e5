"""What passes between a client and the server: operations, JSON-RPC, addresses, errors."""
