"""Text to actors, attributions, assessments and events.

Nothing here opens the network or the store. The parser and the taggers need the extra ``reading``; who an actor is does
not.
"""
