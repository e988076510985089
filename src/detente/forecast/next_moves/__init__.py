"""Ranking who comes next: given who did what and the day, which actor, out of thousands, it was done to.

The research form of next moves, temporal-knowledge-graph forecasting: fading counts of the past by key, a mixture that
gives every actor a probability and picks candidates, features of these, boosted trees and a small network that order
them. ``benchmarks/next_moves.py`` measures it under the published protocol.
"""
