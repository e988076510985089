"""Proper scores, calibration and comparison: pure arithmetic on numpy arrays.

In come probabilities and outcomes, out go scores (less is better), reliability tables and skill with its band. This
room knows nothing of states or tables.
"""

from __future__ import annotations

from detente.scoring.brier import brier
from detente.scoring.calibration import Reliability, reliability
from detente.scoring.comparison import Skill, bootstrap_skill, diebold_mariano, skill
from detente.scoring.log_score import log_score
from detente.scoring.means import bootstrap_mean
from detente.scoring.rps import rps

__all__ = [
    "Reliability",
    "Skill",
    "bootstrap_mean",
    "bootstrap_skill",
    "brier",
    "diebold_mariano",
    "log_score",
    "reliability",
    "rps",
    "skill",
]
