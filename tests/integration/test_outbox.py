"""Effects as rows: order in a key, leases, late workers, dead letters; on one replica and on several."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.claims import Choice, ClaimEffects, next_due
from bot.effects import Effect, EffectKind, Lane
from bot.letters import letters, revive
from bot.outbox import LEASE, Bury, Claimed, Performed, PutBack, State, count, enqueue, release
from bot.slack.paces import pace
from bot.tables import effects
from tests.factories import NOW, minutes
from tests.integration.stack import Stack, replicas, stack


def post(case: int = 1, channel: str = "#finance") -> Effect:
    return Effect(EffectKind.POST_CARD, case, channel)


def update(case: int = 1, channel: str = "#finance") -> Effect:
    return Effect(EffectKind.UPDATE_CARD, case, channel)


def write_back(case: int = 1) -> Effect:
    return Effect(EffectKind.WRITE_BACK, case, f"main:purchase.order:{case}")


async def owe(replica: Stack, *owed: Effect, at: datetime = NOW) -> None:
    async with replica.database.write() as session:
        await enqueue(session, owed, at)


async def claim(
    replica: Stack, at: datetime = NOW, *, limit: int = 10, lane: Lane = Lane.SLACK, worker: str = "w1"
) -> list[Claimed]:
    claimed: list[Claimed] = await replica.writer.submit(ClaimEffects(lane, at, limit, worker))
    return claimed


async def states(replica: Stack) -> list[tuple[int, str]]:
    return [(row.id, row.state) for row in await replica.rows(select(effects).order_by(effects.c.id))]


def named(claimed: Sequence[Claimed]) -> list[tuple[EffectKind, int]]:
    return [(one.kind, one.case_id) for one in claimed]


async def test_an_effect_is_leased_with_its_attempt_counted(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post())
        assert await claim(one, minutes(1)) == [
            Claimed(1, EffectKind.POST_CARD, "slack:#finance:1", 1, "#finance", 1, minutes(1) + LEASE, NOW)
        ]
        assert await states(one) == [(1, State.IN_FLIGHT)]


async def test_effects_of_one_key_go_one_at_a_time_and_in_order(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, write_back())
        await owe(one, Effect(EffectKind.POST_NOTE, 1, write_back().target))
        first = await claim(one, lane=Lane.ODOO)
        assert named(first) == [(EffectKind.WRITE_BACK, 1)]
        assert await claim(one, lane=Lane.ODOO) == []
        await one.writer.submit(Performed(first[0]))
        assert named(await claim(one, lane=Lane.ODOO)) == [(EffectKind.POST_NOTE, 1)]


async def test_a_storm_in_one_channel_hides_nothing_that_is_owed_to_another(database_url: str) -> None:
    """Sixty cards of #dock are due before the one of #office, and a claim takes ten at most."""
    async with stack(database_url) as one:
        await owe(one, *(post(number, "#dock") for number in range(1, 61)))
        await owe(one, post(99, "#office"), at=minutes(1))
        claimed = await one.writer.submit(ClaimEffects(Lane.SLACK, minutes(2), 10, "w1", Choice(pace)))
        assert named(claimed) == [(EffectKind.POST_CARD, 1), (EffectKind.POST_CARD, 99)]


def story(case: int = 1) -> Effect:
    return Effect(EffectKind.TELL_STORY, case, "#finance")


async def test_the_story_lets_every_other_effect_of_its_key_go_first(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, update(), story())
        [drawing] = await claim(one, minutes(1))
        await owe(one, update())
        await one.writer.submit(Performed(drawing))
        [drawing] = await claim(one, minutes(1))
        assert drawing.kind is EffectKind.UPDATE_CARD
        assert await claim(one, minutes(1)) == []
        await one.writer.submit(Performed(drawing))
        [telling] = await claim(one, minutes(1))
        assert telling.kind is EffectKind.TELL_STORY


async def test_of_two_stories_the_older_one_goes_first(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, story())
        [first] = await claim(one, minutes(1))
        await owe(one, story())
        await one.writer.submit(PutBack(first, NOW, "later"))
        [again] = await claim(one, minutes(1))
        assert again.id == first.id
        assert await claim(one, minutes(1)) == []


async def test_one_that_waits_for_its_next_try_holds_back_its_key_alone(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, write_back(1), Effect(EffectKind.POST_NOTE, 1, write_back().target), write_back(2))
        first, other = await claim(one, lane=Lane.ODOO)
        await one.writer.submit(PutBack(first, minutes(5), "Odoo is away"))
        await one.writer.submit(Performed(other))
        assert await claim(one, minutes(1), lane=Lane.ODOO) == []
        assert [again.attempts for again in await claim(one, minutes(5), lane=Lane.ODOO)] == [2]


async def test_a_lane_does_not_claim_what_belongs_to_the_other(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post(), write_back())
        assert named(await claim(one, lane=Lane.ODOO)) == [(EffectKind.WRITE_BACK, 1)]


@pytest.mark.parametrize(
    ("before", "then", "kept"),
    [
        pytest.param([update()], [update()], 1, id="one update is enough"),
        pytest.param([post()], [update()], 1, id="a card still to be posted shows the newest state"),
        pytest.param([], [post(), update()], 1, id="also in one transaction"),
        pytest.param([update(), update()], [], 1, id="twins in one transaction"),
        pytest.param([update()], [update(channel="#ops")], 2, id="each channel has its own copy"),
        pytest.param([update()], [update(case=2)], 2, id="each case has its own card"),
        pytest.param([write_back()], [write_back()], 2, id="a write-back never coalesces"),
    ],
)
async def test_updates_of_a_card_coalesce(
    database_url: str, before: list[Effect], then: list[Effect], kept: int
) -> None:
    async with stack(database_url) as one:
        await owe(one, *before)
        await owe(one, *then)
        assert len(await states(one)) == kept


async def test_an_update_that_has_begun_does_not_swallow_the_next(database_url: str) -> None:
    """It may have read the older state already."""
    async with stack(database_url) as one:
        await owe(one, update())
        await claim(one)
        await owe(one, update())
        assert await states(one) == [(1, State.IN_FLIGHT), (2, State.PENDING)]


async def test_a_crashed_workers_effect_is_taken_up_when_its_lease_ends(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post())
        await claim(one, worker="crashed")
        assert await claim(one, NOW + LEASE - timedelta(microseconds=1)) == []
        async with one.database.read() as session:
            assert await next_due(session, Lane.SLACK) == NOW + LEASE
        again = await claim(one, NOW + LEASE, worker="w2")
        assert [(one.attempts, one.lease_until) for one in again] == [(2, NOW + 2 * LEASE)]


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(Performed, id="performed"),
        pytest.param(lambda late: PutBack(late, minutes(60), "late"), id="put back"),
        pytest.param(lambda late: Bury(late, "late"), id="buried"),
    ],
)
async def test_what_a_late_worker_says_is_ignored(database_url: str, mark: type[Performed]) -> None:
    async with stack(database_url) as one:
        await owe(one, post())
        (late,) = await claim(one, worker="slow")
        await claim(one, NOW + LEASE, worker="w2")
        await one.writer.submit(mark(late))
        assert await states(one) == [(1, State.IN_FLIGHT)]


async def test_being_told_to_come_later_is_no_try(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post())
        for _ in range(3):
            (claimed,) = await claim(one)
            assert claimed.attempts == 1
            await one.writer.submit(PutBack(claimed, NOW, "slow down", counted=False))


async def test_a_dead_letter_is_kept_and_lets_the_next_of_its_key_go(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, write_back())
        await owe(one, Effect(EffectKind.POST_NOTE, 1, write_back().target))
        (claimed,) = await claim(one, lane=Lane.ODOO)
        await one.writer.submit(Bury(claimed, "x" * 900))
        assert named(await claim(one, lane=Lane.ODOO)) == [(EffectKind.POST_NOTE, 1)]
        async with one.database.read() as session:
            (letter,) = await letters(session)
            assert (letter.id, letter.state, letter.error) == (1, State.DEAD, "x" * 500)
            assert len(await letters(session, every=True)) == 2


async def test_a_revived_letter_has_its_tries_again_and_says_that_it_may_have_taken_effect(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post())
        for _ in range(5):
            await one.writer.submit(PutBack((await claim(one))[0], NOW, "away"))
        await one.writer.submit(Bury((await claim(one))[0], "refused"))
        async with one.database.write() as session:
            assert [letter.id for letter in await revive(session, [1, 99], minutes(5))] == [1]
        assert await claim(one) == []
        assert [again.attempts for again in await claim(one, minutes(5))] == [2]


async def test_what_is_not_dead_is_not_revived(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post())
        async with one.database.write() as session:
            assert await revive(session, [1], minutes(5)) == []
        assert len(await claim(one)) == 1


async def test_a_revived_letter_waits_for_a_younger_one_of_its_key_that_is_in_flight(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, write_back())
        await owe(one, Effect(EffectKind.POST_NOTE, 1, write_back().target), write_back(2))
        first, *_ = await claim(one, lane=Lane.ODOO, limit=1)
        await one.writer.submit(Bury(first, "refused"))
        younger, *_ = await claim(one, lane=Lane.ODOO, limit=1)
        async with one.database.write() as session:
            await revive(session, [1], NOW)
        assert named(await claim(one, lane=Lane.ODOO)) == [(EffectKind.WRITE_BACK, 2)]
        await one.writer.submit(Performed(younger))
        assert named(await claim(one, lane=Lane.ODOO)) == [(EffectKind.WRITE_BACK, 1)]


async def test_four_replicas_never_hold_one_key_twice(database_url: str) -> None:
    keys = 5
    async with replicas(database_url) as four:
        for number in range(1, keys + 1):
            for case in (1, 2):
                await owe(four[0], Effect(EffectKind.POST_NOTE, case, f"main:sale.order:{number}"))
        done: list[tuple[str, int]] = []
        held: set[str] = set()

        async def work(one: Stack, worker: str) -> None:
            while len(done) < 2 * keys:
                for claimed in await claim(one, lane=Lane.ODOO, limit=2, worker=worker):
                    assert claimed.key not in held
                    held.add(claimed.key)
                    await asyncio.sleep(0)
                    held.remove(claimed.key)
                    done.append((claimed.key, claimed.case_id))
                    await one.writer.submit(Performed(claimed))

        async with asyncio.timeout(30):
            await asyncio.gather(*(work(one, f"w{place}") for place, one in enumerate(four)))
        for number in range(1, keys + 1):
            assert [case for key, case in done if key == f"odoo:main:sale.order:{number}"] == [1, 2]


async def test_releasing_at_a_start_frees_what_the_last_run_held(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post())
        await claim(one)
        async with one.database.write() as session:
            await release(session)
        assert [again.attempts for again in await claim(one)] == [2]


async def test_the_next_due_effect_is_known_by_lane(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post(), at=minutes(3))
        await owe(one, post(2), at=minutes(2))
        async with one.database.read() as session:
            assert (await next_due(session, Lane.SLACK), await next_due(session, Lane.ODOO)) == (minutes(2), None)
            assert await count(session) == {("post_card", "pending"): 2}


async def test_due_effects_are_claimed_in_the_order_in_which_they_fell_due(database_url: str) -> None:
    async with stack(database_url) as one:
        await owe(one, post(1), at=minutes(2))
        await owe(one, post(2), at=minutes(1))
        assert named(await claim(one, minutes(2), limit=1)) == [(EffectKind.POST_CARD, 2)]


async def test_a_transaction_that_fails_owes_nothing_and_wakes_nobody(database_url: str) -> None:
    async with stack(database_url) as one:
        woken = asyncio.Event()
        one.database.bell.listen("effects:slack", woken)

        async def break_down() -> None:
            async with one.database.write() as session:
                await enqueue(session, [post()], NOW)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await break_down()
        assert (await states(one), woken.is_set()) == ([], False)
        await owe(one, post())
        assert woken.is_set()


async def test_what_is_owed_anew_on_a_record_leaves_the_dead_letters_of_another_kind(database_url: str) -> None:
    """A note that could not be posted is still owed when the record comes back for another decision."""
    async with stack(database_url) as one:
        await owe(one, Effect(EffectKind.POST_NOTE, 1, write_back().target))
        (note,) = await claim(one, lane=Lane.ODOO)
        await one.writer.submit(Bury(note, "Odoo refused"))
        await owe(one, Effect(EffectKind.WRITE_BACK, 2, write_back().target))
        assert await states(one) == [(1, State.DEAD), (2, State.PENDING)]


async def test_what_is_about_another_source_is_left_to_its_own_relay(database_url: str) -> None:
    """A name that begins like another one is another one."""
    async with stack(database_url) as one:
        files = Effect(EffectKind.ATTACH_FILES, 4, "main_2:purchase.order:4")
        await owe(one, write_back(1), Effect(EffectKind.WRITE_BACK, 2, "main_2:purchase.order:2"), files)
        beside = Choice(besides=frozenset({"main_2"}))
        async with one.database.read() as session:
            assert await next_due(session, Lane.ODOO, {"main", "main_2"}) is None
            assert await next_due(session, Lane.ODOO, {"main"}) == NOW
        claimed = await one.writer.submit(ClaimEffects(Lane.ODOO, NOW, 10, "w1", beside))
        assert named(claimed) == [(EffectKind.WRITE_BACK, 1)]
        rest = await one.writer.submit(ClaimEffects(Lane.ODOO, NOW, 10, "w1", Choice(besides=frozenset({"main"}))))
        assert sorted(one.case_id for one in rest) == [2, 4]
