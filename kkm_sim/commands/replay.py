"""`kkm-sim replay`: scenarios from files, played in virtual time or on a port."""

import argparse
import contextlib
import os
import signal
import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kkm_sim.commands.joining import complain, say
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.replay_files import TraceFile, check_apart, check_output, every_step, files_in, files_of
from kkm_sim.commands.replay_playing import Played, Playing
from kkm_sim.commands.replay_report import Report, one_line, report
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.mistakes import ScenarioMistakes
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.steps import IncludeStep, RepeatStep, Step

if TYPE_CHECKING:
    from kkm_sim.scenario.report.junit import Result

WHY_SKIPPED = "the master is a program of yours: --realtime"


def replay(args: argparse.Namespace) -> int:
    """Plays. Returns 0, 1 where a scenario failed, 2 for files that are none, 130 when interrupted."""
    _check_options(args)
    began, start = datetime.now(), time.monotonic_ns()
    files = files_of(args.paths)
    scenarios, bad = _load(files)
    _check_outputs(args, [*files, *files_in(scenarios)])
    if bad:
        return _refuse(args, bad)
    scenarios = _chosen(scenarios, args.only)
    if args.list:
        _list(scenarios)
        return 0
    if args.realtime:
        from kkm_sim.commands.replay_realtime import check_outside_master

        check_outside_master(scenarios)
    skipped = [each for each in scenarios if each.master == "outside" and not args.realtime]
    playable = [each for each in scenarios if each.master != "outside" or args.realtime]
    # A SIGTERM ends it as Ctrl-C does: with a report.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    told = report(len(playable), quiet=args.quiet, verbose=args.verbose > 0)
    results: list[Played] = []
    interrupted = False
    with _opened(args.trace) as trace, told:
        for scenario in skipped:
            told.skipped(scenario, WHY_SKIPPED)
        players = _play(args, playable, told, trace)
        try:
            for played in players:
                told.played(played)
                # Only what the sum and the report need is kept: of a long list the rest is much.
                results.append(replace(played, trace="", steps=()))
                if args.stop and not played.outcome.passed:
                    break
        except KeyboardInterrupt:
            interrupted = True
        finally:
            players.close()
    told.end(time.monotonic_ns() - start, interrupted=interrupted)
    if args.junit is not None:
        from kkm_sim.scenario.report.junit import Case, Skipped

        # Who reads the report only must not take a run that was broken off for a green one.
        why = "not played: interrupted" if interrupted else "not played: stopped at the first failure"
        done = {played.outcome.file for played in results}
        left = [scenario for scenario in playable if scenario.file not in done]
        cases: list[Result] = [Case(played.outcome, played.took) for played in results]
        cases += [Skipped(scenario.file, scenario.title, WHY_SKIPPED) for scenario in skipped]
        cases += [Skipped(scenario.file, scenario.title, why) for scenario in left]
        _write_report(args.junit, cases, began)
    if interrupted:
        return 130
    written = _update(results) if args.update else True
    return 0 if written and all(played.outcome.passed for played in results) else 1


def _check_options(args: argparse.Namespace) -> None:
    if not args.realtime:
        for option in ("port", "pty", "tcp", "rfc2217", "pace"):
            if getattr(args, option) is not None:
                raise UserMistake(f"--{option} is for playing on a port: add --realtime")
    elif args.jobs != 1:
        raise UserMistake("-j is for virtual time: on a port scenarios are played one after the other")
    elif args.trace is not None:
        raise UserMistake("--trace is for virtual time, where every run is the same")


def _check_outputs(args: argparse.Namespace, played: Iterable[str | Path]) -> None:
    options = [(f"--{name}", file) for name in ("junit", "trace") if (file := getattr(args, name)) is not None]
    files = set(played)
    for option, file in options:
        check_output(option, file, files)
    check_apart(options)


def _load(files: Sequence[Path]) -> tuple[list[Scenario], list[tuple[Path, tuple[str, ...]]]]:
    """The scenarios, and the files that are none with their mistakes."""
    scenarios: list[Scenario] = []
    bad: list[tuple[Path, tuple[str, ...]]] = []
    for file in files:
        try:
            scenarios.append(load_scenario(file))
        except ScenarioMistakes as error:
            bad.append((file, tuple(map(str, error.mistakes))))
    return scenarios, bad


def _refuse(args: argparse.Namespace, bad: Sequence[tuple[Path, tuple[str, ...]]]) -> int:
    # A file that several scenarios include is told of once.
    mistakes = dict.fromkeys(mistake for _, mistakes in bad for mistake in mistakes)
    for mistake in mistakes:
        complain(mistake)
    count, files = len(mistakes), len(bad)
    complain(
        f"kkm-sim replay: {count} mistake{'s' if count > 1 else ''} in {files} file{'s' if files > 1 else ''}; "
        "nothing was played"
    )
    if args.junit is not None:
        from kkm_sim.scenario.report.junit import Unloadable

        _write_report(args.junit, [Unloadable(str(file), mistakes) for file, mistakes in bad], datetime.now())
    return 2


def _chosen(scenarios: Sequence[Scenario], only: Sequence[str]) -> list[Scenario]:
    chosen = [scenario for scenario in scenarios if not only or any(_is_named(scenario, text) for text in only)]
    if not chosen:
        words = " or ".join(repr(text) for text in only)
        raise UserMistake(f"--only: none of {len(scenarios)} scenarios has {words} in file name or title")
    return chosen


def _is_named(scenario: Scenario, text: str) -> bool:
    wanted = text.casefold()
    return wanted in scenario.file.casefold() or wanted in scenario.title.casefold()


def _list(scenarios: Sequence[Scenario]) -> None:
    rows = [(one_line(scenario.title), scenario.file, str(_count(scenario.steps))) for scenario in scenarios]
    titles, files, counts = (max(map(len, column)) for column in zip(*rows, strict=True))
    for title, file, count in rows:
        say(f"{title:{titles}}  {file:{files}}  {count:>{counts}} steps")


def _count(steps: Sequence[Step]) -> int:
    """Steps as they are written, included ones too; what is repeated counts once."""
    return sum(not isinstance(step, RepeatStep | IncludeStep) for step in every_step(steps))


def _play(
    args: argparse.Namespace, scenarios: Sequence[Scenario], told: Report, trace: TraceFile | None
) -> Generator[Played, None, None]:
    """The scenarios played one by one; what each step is, is told and traced as it is played where that can be."""
    if args.realtime:
        from kkm_sim.commands.replay_realtime import play_on_port

        return play_on_port(args, scenarios, told)
    files = [scenario.file for scenario in scenarios]
    workers = min(args.jobs or _cores(), max(len(files), 1))
    playing = Playing(
        {scenario.file: scenario for scenario in scenarios},
        seed=args.seed,
        update=args.update,
        traced=trace is not None,
        tell=told.step if workers == 1 else None,
        keep=workers > 1 and args.verbose > 0,
    )
    if workers == 1:
        playing.out = trace
        return _one_by_one(playing, scenarios, trace)
    from kkm_sim.commands.replay_workers import in_order

    return _traced(in_order(files, playing, playing.died, workers=workers), trace)


def _one_by_one(
    playing: Playing, scenarios: Sequence[Scenario], trace: TraceFile | None
) -> Generator[Played, None, None]:
    for scenario in scenarios:
        if trace is not None:
            trace.begin(scenario.file, scenario.title)
        played = playing(scenario.file)
        if trace is not None:
            trace.end()
        yield played


def _traced(players: Generator[Played, None, None], trace: TraceFile | None) -> Generator[Played, None, None]:
    with contextlib.closing(players):
        for played in players:
            if trace is not None:
                trace.begin(played.outcome.file, played.outcome.title)
                trace.write(played.trace)
                trace.end()
            yield played


def _cores() -> int:
    """The processor's cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _opened(trace: str | None) -> contextlib.AbstractContextManager[TraceFile | None]:
    """The file of the trace, if one is wanted."""
    return contextlib.nullcontext() if trace is None else TraceFile(trace)


def _write_report(name: str, results: "Sequence[Result]", at: datetime) -> None:
    from kkm_sim.commands.whole_file import write_whole
    from kkm_sim.scenario.report.junit import junit_xml

    try:
        write_whole(Path(name), junit_xml(results, at=at))
    except OSError as error:
        raise UserMistake(f"--junit: cannot write {name}: {error.strerror or error}") from None


def _update(results: Sequence[Played]) -> bool:
    """Writes what was seen; whether all of it could be."""
    from kkm_sim.commands.replay_update import update_files

    done = update_files(update for played in results if played.outcome.passed for update in played.outcome.updates)
    for file in done.files:
        say(f"updated: {file}")
    for mistake in done.mistakes:
        complain(f"kkm-sim replay: {mistake}")
    for played in results:
        if played.outcome.updates and not played.outcome.passed:
            complain(f"kkm-sim replay: {played.outcome.file}: it failed, so nothing that it saw was written")
    return not done.mistakes
