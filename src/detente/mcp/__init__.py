"""The MCP server: eight tools over the answers of the house, for programs that use language models. It only reads.

The protocol's library is an extra (``pip install "detente[mcp]"``) and is loaded when a server starts; the tools
themselves, their arguments and errors need none of it.
"""

from __future__ import annotations

from detente.mcp.tools import TOOLS, Tool, call_tool

__all__ = ["TOOLS", "Tool", "call_tool"]
