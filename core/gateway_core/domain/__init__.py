"""The rules of the gateway, pure: no clock, no randomness, no input or output.

Time, entropy and settings come in as arguments; decisions and coded errors go out.
"""
