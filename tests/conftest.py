"""Hypothesis profiles: `ci` is quick and the same each time, `deep` looks further, `look` shrinks nothing."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=SLOW,
)
settings.register_profile("deep", deadline=None, max_examples=2000, suppress_health_check=SLOW)
settings.register_profile(  # tells at once that something fails, without looking for less of it
    "look",
    settings.get_profile("ci"),
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
