"""Proper scores, calibration and comparison: pure arithmetic on numpy arrays.

In come probabilities and outcomes, out go scores (less is better), reliability tables and skill with its band. This
room knows nothing of states or tables.
"""

from __future__ import annotations

from detente.scoring.brier import brier
from detente.scoring.calibration import Reliability, reliability
from detente.scoring.comparison import Skill, bootstrap_skill, diebold_mariano, skill
from detente.scoring.consistency import Consistency, consistency
from detente.scoring.crps import count_cells, crps_counts, crps_ensemble, crps_normal
from detente.scoring.log_score import log_score
from detente.scoring.means import bootstrap_mean
from detente.scoring.ranking import auc
from detente.scoring.resampling import Resampling, draw_blocks
from detente.scoring.rps import rps

__all__ = [
    "Consistency",
    "Reliability",
    "Resampling",
    "Skill",
    "auc",
    "bootstrap_mean",
    "bootstrap_skill",
    "brier",
    "consistency",
    "count_cells",
    "crps_counts",
    "crps_ensemble",
    "crps_normal",
    "diebold_mariano",
    "draw_blocks",
    "log_score",
    "reliability",
    "rps",
    "skill",
]
