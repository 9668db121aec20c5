"""Settings: the sizes and scalars of a statement, asked for by name and range.

A statement's ``setting`` function asks a ``Choose`` for each of its numbers. Whoever answers decides what the
numbers are: the corners of the ranges, a generator, the command line, Hypothesis. The answers by name are the
setting's JSON form, and answering the same names again rebuilds it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, runtime_checkable

from numpy.random import Generator

Value = int | float | str
Named = Mapping[str, Value]
S = TypeVar("S")


class BadSetting(ValueError):
    """A named value that the statement does not allow; the message says which values it does."""


@runtime_checkable
class Choose(Protocol):
    """Answers a statement's questions about its setting."""

    def integer(self, name: str, low: int, high: int) -> int:
        """An integer in [low, high]."""
        ...

    def real(self, name: str, low: float, high: float) -> float:
        """A number in [low, high]."""
        ...

    def option(self, name: str, options: Sequence[Value]) -> Value:
        """One of the options."""
        ...


@dataclass(frozen=True)
class Sampled:
    """Answers from a generator; integers and reals uniform, reals over several decades log-uniform."""

    generator: Generator

    def integer(self, name: str, low: int, high: int) -> int:
        return int(self.generator.integers(low, high + 1))

    def real(self, name: str, low: float, high: float) -> float:
        if low > 0 and high / low > 100:
            return float(low * (high / low) ** self.generator.random())
        return float(low + (high - low) * self.generator.random())

    def option(self, name: str, options: Sequence[Value]) -> Value:
        return options[int(self.generator.integers(len(options)))]


@dataclass(frozen=True)
class Corner:
    """Answers with an end of each range: the low end, save for the question named ``high``, or all the other way round."""

    other: str | None = None
    high: bool = False
    option_index: int = 0

    def at_high(self, name: str) -> bool:
        return self.high != (name == self.other)

    def integer(self, name: str, low: int, high: int) -> int:
        return high if self.at_high(name) else low

    def real(self, name: str, low: float, high: float) -> float:
        return float(high if self.at_high(name) else low)

    def option(self, name: str, options: Sequence[Value]) -> Value:
        last = len(options) - 1
        return options[min(self.option_index, last)] if name == self.other else options[last if self.high else 0]


@dataclass(frozen=True)
class Given:
    """Answers by name where a value is given, checked against the range; otherwise asks ``fallback``."""

    values: Named
    fallback: Choose | None = None

    def integer(self, name: str, low: int, high: int) -> int:
        if name not in self.values:
            return self._ask(name).integer(name, low, high)
        value = self.values[name]
        if isinstance(value, str) or not float(value).is_integer():
            raise BadSetting(f"{name} = {value} is not an integer; choose one from {low} to {high}")
        return int(self._within(name, value, low, high))

    def real(self, name: str, low: float, high: float) -> float:
        if name not in self.values:
            return self._ask(name).real(name, low, high)
        value = self.values[name]
        if isinstance(value, str):
            raise BadSetting(f"{name} = {value!r} is not a number; choose one from {low:g} to {high:g}")
        return float(self._within(name, value, low, high))

    def option(self, name: str, options: Sequence[Value]) -> Value:
        if name not in self.values:
            return self._ask(name).option(name, options)
        for option in options:
            if self.values[name] == option or str(self.values[name]) == str(option):
                return option
        raise BadSetting(f"{name} = {self.values[name]!r} is not offered; choose one of {', '.join(map(str, options))}")

    def _ask(self, name: str) -> Choose:
        if self.fallback is None:
            raise BadSetting(f"the setting lacks {name}; give it a value")
        return self.fallback

    def _within(self, name: str, value: float, low: float, high: float) -> float:
        if not low <= value <= high:
            raise BadSetting(f"{name} = {value:g} is outside its range; choose it from {low:g} to {high:g}")
        return value


@dataclass(frozen=True)
class Noted:
    """Passes the questions on and notes the answers by name."""

    chooser: Choose
    answers: dict[str, Value] = field(default_factory=dict)
    options: dict[str, int] = field(default_factory=dict)

    def integer(self, name: str, low: int, high: int) -> int:
        return self._note(name, self.chooser.integer(name, low, high))

    def real(self, name: str, low: float, high: float) -> float:
        return self._note(name, self.chooser.real(name, low, high))

    def option(self, name: str, options: Sequence[Value]) -> Value:
        self.options[name] = len(options)
        return self._note(name, self.chooser.option(name, options))

    def _note(self, name: str, value):
        if name in self.answers:
            raise BadSetting(f"the setting asks for {name} twice; give the second question another name")
        self.answers[name] = value
        return value


def named(setting: Callable[[Choose], object], chooser: Choose) -> dict[str, Value]:
    """The setting that ``chooser`` answers, by name."""
    noted = Noted(chooser)
    setting(noted)
    return noted.answers


def rebuilt(setting: Callable[[Choose], S], values: Named) -> S:
    """The setting with these values.

    Raises BadSetting where a value is missing, unknown or outside its range.
    """
    noted = Noted(Given(values))
    built = setting(noted)
    unknown = [name for name in values if name not in noted.answers]
    if unknown:
        asked = ", ".join(noted.answers) or "none"
        raise BadSetting(f"{unknown[0]} = {values[unknown[0]]} names nothing in this setting; its names are: {asked}")
    return built


def corner_choosers(setting: Callable[[Choose], object]) -> list[Corner]:
    """All at the low end, all at the high end, each question alone at its other end, each option once."""
    base = Noted(Corner())
    setting(base)
    alone = [Corner(name, high, index) for name in base.answers for high in (False, True) for index in range(base.options.get(name, 1))]
    return [Corner(), Corner(high=True), *alone]
