"""Signals end a run with their exit code, one line of text and no traceback."""

import signal
import sys
import weakref

import pytest

from make_paws import signals

CODES = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}


@pytest.mark.parametrize("name", CODES)
def test_signal_ends_the_run_with_its_exit_code(name, capsys):
    before = [signal.getsignal(number) for number in signals.HANDLED]
    code = signals.run(lambda: signal.raise_signal(getattr(signal, name)) or 0)
    assert code == CODES[name]
    assert capsys.readouterr() == ("", f"make-paws: stopped by {name}\n")
    assert [signal.getsignal(number) for number in signals.HANDLED] == before
    assert signals.run(lambda: 7) == 7
    assert capsys.readouterr() == ("", "")


def test_ignored_signal_stays_ignored():
    """As under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert signals.run(lambda: signal.raise_signal(signal.SIGHUP) or 0) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("is_checked", [True, False])
def test_deferred_signal_raises_at_a_check_or_the_end(is_checked):
    reached = []

    def run():
        with signals.deferred():
            with signals.deferred():
                signal.raise_signal(signal.SIGTERM)
            reached.append("in the outer block")
            if is_checked:
                signals.check()
                reached.append("after the check")
        reached.append("after the block")

    assert signals.run(run) == 143
    assert reached == ["in the outer block"]


def test_cleanup_is_not_interrupted():
    reached = []

    def run():
        with signals.deferred():
            try:
                with signals.interruptible():
                    signal.raise_signal(signal.SIGTERM)
                    reached.append("after the signal")
            finally:
                signal.raise_signal(signal.SIGINT)
                reached.append("cleaned up")

    assert signals.run(run) == 143
    assert reached == ["cleaned up"]


def test_second_signal_does_not_interrupt_the_end():
    reached = []

    def run():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            reached.append("cleaned up")

    assert signals.run(run) == 143
    assert reached == ["cleaned up"]


def test_signal_in_an_ignored_callback_ends_the_run(monkeypatch):
    """Python drops the exception of a weak reference's callback."""
    dropped = []
    monkeypatch.setattr(sys, "unraisablehook", lambda each: dropped.append(each))

    class Value:
        pass

    def run():
        value = Value()
        reference = weakref.ref(value, lambda _: signal.raise_signal(signal.SIGTERM))
        del value
        assert reference() is None
        assert len(dropped) == 1
        return 0

    assert signals.run(run) == 143
