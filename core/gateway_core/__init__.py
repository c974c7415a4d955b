"""The payment gateway's shared library; see docs/adr for the layers and their order."""

VERSION = "0.1.0"
