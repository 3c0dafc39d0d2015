"""An alert: it stays while the rate is risen, ends when it is back, and does not last for ever."""

from __future__ import annotations

from feedback_loop.methods.statistics.rate_alarms.alert import Alert


def test_an_alert_stays_on_while_the_rate_is_risen() -> None:
    alert = Alert(0, 96)
    assert not any(alert.is_over(3, 1.0, 0.01) for _ in range(200))


def test_it_ends_within_hours_after_the_rate_is_back() -> None:
    alert = Alert(0, 96)
    assert not any(alert.is_over(8, 1.0, 0.01) for _ in range(40))
    assert next(n for n in range(100) if alert.is_over(1, 1.0, 0.01)) < 24


def test_after_three_days_the_risen_rate_is_the_usual_one() -> None:
    alert = Alert(100, 96)
    assert not alert.is_the_new_usual(100 + 3 * 96 - 1)
    assert alert.is_the_new_usual(100 + 3 * 96)
