"""Page objects, stand-ins and servers for the tests in a real browser."""
