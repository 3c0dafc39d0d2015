import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.bronze.landing import FEEDBACK_RECORD, QUARANTINE, RELEASE, STATEMENT, TELEMETRY
from feedback_loop.contracts.records import LandingReport
from feedback_loop.contracts.tables import Table
from feedback_loop.errors import BadInput, FeedbackLoopError, InputFileMissing, Refused, UnknownChoice
from feedback_loop.sources.registry import source_named
from feedback_loop.workflows import ingest
from feedback_loop.workflows.ingest import land_file, land_files, reading_of
from feedback_loop_tests.fakes import START, FakeClock, FakeTableStore
from feedback_loop_tests.sources.mail_texts import mail
from feedback_loop_tests.sources.rows import PLAY_HEADER, csv_bytes, json_lines, play_file, play_row
from feedback_loop_tests.sources.test_context_statements import CHANGE
from feedback_loop_tests.sources.test_measurements import GOOD

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "play_reviews"
REAL_COUNTS = {"in.junio.csv": 6150, "com.freo.save.banking.app.csv": 2092, "finance.global.travel.niyo.csv": 1786}

MIXED = play_file(
    play_row(),
    play_row(),  # the same again
    play_row(content="Cards arrive"),  # an edit
    play_row(reviewId="r2"),
    play_row(reviewId=""),
    play_row(at="soon"),
    play_row(reviewId=""),  # the same broken row again
    play_row()[:3],
)


@pytest.fixture
def store() -> FakeTableStore:
    return FakeTableStore()


def written(folder: Path, data: bytes, name: str = "reviews.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def land(path: Path, store: FakeTableStore, batch_rows: int = ingest.BATCH_ROWS) -> LandingReport:
    return land_file("google-play", path, "Acme", store, FakeClock(), batch_rows=batch_rows)


def test_every_row_is_landed_a_duplicate_or_quarantined(tmp_path: Path, store: FakeTableStore) -> None:
    assert land(written(tmp_path, MIXED), store) == LandingReport(read=8, landed=3, duplicates=2, quarantined=3)
    assert store.read(FEEDBACK_RECORD).height == 3
    assert store.read(QUARANTINE)["quarantine_reason"].sort().to_list() == ["missing_id", "unreadable_date", "wrong_column_count"]


def test_same_file_again_adds_nothing_and_is_all_duplicates(tmp_path: Path, store: FakeTableStore) -> None:
    path = written(tmp_path, MIXED)
    land(path, store)
    before = [store.version(t) for t in (FEEDBACK_RECORD, QUARANTINE)]
    assert land(path, store) == LandingReport(read=8, landed=0, duplicates=8, quarantined=0)
    assert [store.version(t) for t in (FEEDBACK_RECORD, QUARANTINE)] == before


def test_file_under_another_name_adds_nothing(tmp_path: Path, store: FakeTableStore) -> None:
    land(written(tmp_path, MIXED), store)
    assert land(written(tmp_path, MIXED, "copy.csv"), store).landed == 0


def test_edited_record_is_landed_as_a_new_version(tmp_path: Path, store: FakeTableStore) -> None:
    land(written(tmp_path, play_file(play_row())), store)
    assert land(written(tmp_path, play_file(play_row(score="5"))), store).landed == 1
    assert store.read(FEEDBACK_RECORD)["record_id"].n_unique() == 1


def test_same_reviews_of_another_product_are_other_records(tmp_path: Path, store: FakeTableStore) -> None:
    path = written(tmp_path, play_file(play_row()))
    land(path, store)
    assert land_file("google-play", path, "Other", store, FakeClock()).landed == 1


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 7, 8, 9])
def test_batch_size_changes_neither_rows_nor_counts(tmp_path: Path, batch_rows: int) -> None:
    path = written(tmp_path, MIXED)
    whole, parts = FakeTableStore(), FakeTableStore()
    assert land(path, parts, batch_rows=batch_rows) == land(path, whole)
    for table in (FEEDBACK_RECORD, QUARANTINE):
        assert parts.read(table).sort(table.key).equals(whole.read(table).sort(table.key))


def test_batches_are_bounded_in_bytes_too(tmp_path: Path, store: FakeTableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH_BYTES", 2000)
    rows = [play_row(reviewId=f"r{n}", content="x" * 900) for n in range(6)] + [play_row(reviewId="", content="x" * 2000)]
    land(written(tmp_path, play_file(*rows)), store)
    assert max(count for _, count in store.appends) <= 2


@given(
    st.lists(st.sampled_from([play_row(), play_row(score="2"), play_row(reviewId="b"), play_row(score="9"), ("too", "few")]), max_size=12)
)
@settings(max_examples=40, deadline=None)
def test_reports_balance_and_agree_with_the_tables(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    store = FakeTableStore()
    path = written(tmp_path_factory.mktemp("in"), play_file(*rows))
    report = land(path, store, batch_rows=4)
    assert report.read == len(rows) == report.landed + report.duplicates + report.quarantined
    assert (report.landed, report.quarantined) == (store.read(FEEDBACK_RECORD).height, store.read(QUARANTINE).height)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_whatever_stands_behind_the_header_is_accounted_for(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    store = FakeTableStore()
    path = written(tmp_path_factory.mktemp("in"), csv_bytes(PLAY_HEADER) + junk)
    report = land(path, store)
    assert report.is_balanced
    assert land(path, store) == LandingReport(read=report.read, landed=0, duplicates=report.read, quarantined=0)


def test_crash_half_way_is_mended_by_landing_the_file_again(tmp_path: Path) -> None:
    class Crashing(FakeTableStore):
        def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
            if table is QUARANTINE and not crashed:
                crashed.append(table.name)
                raise OSError("disk full")
            return super().append(table, frame)

    crashed: list[str] = []
    store, undisturbed = Crashing(), FakeTableStore()
    path = written(tmp_path, MIXED)
    with pytest.raises(OSError, match="disk full"):
        land(path, store, batch_rows=5)
    assert land(path, store, batch_rows=5).is_balanced
    land(path, undisturbed)
    for table in (FEEDBACK_RECORD, QUARANTINE):
        assert store.read(table).sort(table.key).equals(undisturbed.read(table).sort(table.key))


def test_store_that_loses_count_is_noticed(tmp_path: Path) -> None:
    class Generous(FakeTableStore):
        def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
            return pl.concat([frame, frame])

    with pytest.raises(Refused, match="unaccounted"):
        land(written(tmp_path, MIXED), Generous())


def test_all_rows_of_a_file_land_at_one_instant(tmp_path: Path, store: FakeTableStore) -> None:
    class Ticking(FakeClock):
        def now(self):  # type: ignore[no-untyped-def]
            self.advance(timedelta(hours=20))
            return self.instant

    land_file("google-play", written(tmp_path, MIXED), "Acme", store, Ticking(), batch_rows=2)
    instants = {*store.read(FEEDBACK_RECORD)["landed_at"], *store.read(QUARANTINE)["landed_at"]}
    assert instants == {START + timedelta(hours=20)}


def test_releases_are_counted_like_records(tmp_path: Path, store: FakeTableStore) -> None:
    path = written(tmp_path, b"version,released_at\n1.0,2026-01-01\n1.0,2026-01-01\n1.1,soon\n")
    assert land_file("releases", path, "Acme", store, FakeClock()) == LandingReport(read=3, landed=1, duplicates=1, quarantined=1)
    assert store.read(RELEASE)["release_version"].to_list() == ["1.0"]


def test_measured_rows_are_counted_one_by_one(tmp_path: Path, store: FakeTableStore) -> None:
    rows = [GOOD, GOOD, GOOD | {"service": "pay"}, GOOD | {"errors": 99}]
    path = written(tmp_path, json_lines(*rows), "telemetry.jsonl")
    assert land_file("telemetry", path, None, store, FakeClock()) == LandingReport(read=4, landed=2, duplicates=1, quarantined=1)
    assert land_file("telemetry", path, None, store, FakeClock()) == LandingReport(read=4, landed=0, duplicates=4, quarantined=0)
    assert store.read(TELEMETRY)["landed_at"].unique().to_list() == [START]


def test_statements_about_context_are_counted_like_records(tmp_path: Path, store: FakeTableStore) -> None:
    rows = [CHANGE, CHANGE | {"ended_at": "2026-03-02"}, CHANGE, CHANGE | {"scope": "x"}]
    path = written(tmp_path, json_lines(*rows), "changes.jsonl")
    assert land_file("changes", path, None, store, FakeClock()) == LandingReport(read=4, landed=2, duplicates=1, quarantined=1)
    assert store.read(STATEMENT)["source_row_number"].sort().to_list() == [1, 2]


def test_records_name_their_product_themselves(tmp_path: Path, store: FakeTableStore) -> None:
    row = {"source_record_id": "a", "channel": "chat", "product": "P", "occurred_at": "2026-03-01"}
    path = written(tmp_path, json.dumps(row).encode(), "r.jsonl")
    assert land_file("records", path, None, store, FakeClock()).landed == 1
    with pytest.raises(BadInput, match="Leave --product out"):
        land_file("records", path, "P", store, FakeClock())


def test_progress_tells_the_sum_so_far(tmp_path: Path, store: FakeTableStore) -> None:
    told: list[int] = []
    land_file("google-play", written(tmp_path, MIXED), "Acme", store, FakeClock(), lambda _, so_far: told.append(so_far.read), batch_rows=3)
    assert told == [3, 6, 8]


def test_several_files_are_summed_and_looked_for_before_the_first_is_landed(tmp_path: Path, store: FakeTableStore) -> None:
    paths = [written(tmp_path, MIXED), written(tmp_path, play_file(play_row(reviewId="z")), "b.csv")]
    with pytest.raises(InputFileMissing):
        land_files("google-play", [*paths, tmp_path / "absent.csv"], "Acme", store, FakeClock())
    assert store.appends == []
    assert land_files("google-play", paths, "Acme", store, FakeClock()) == LandingReport(read=9, landed=4, duplicates=2, quarantined=3)


@pytest.mark.parametrize("product", [None, "", "   ", "a\nb", "x" * 201, "a\x1b[31m"])
def test_product_must_be_named_in_printable_characters(tmp_path: Path, store: FakeTableStore, product: str | None) -> None:
    with pytest.raises(BadInput, match="product"):
        land_file("google-play", written(tmp_path, MIXED), product, store, FakeClock())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b""),
        ("a.csv", b"\x1f\x8b\x08\0"),
        ("a.csv", b"just some text\n"),
        ("a.csv", bytes(range(256))),
        ("folder", None),
        ("absent", None),
    ],
)
def test_file_that_can_not_be_read_is_one_line_that_names_it(tmp_path: Path, store: FakeTableStore, name: str, data: bytes | None) -> None:
    (tmp_path / "folder").mkdir()
    path = tmp_path / name if data is None else written(tmp_path, data, name)
    with pytest.raises(BadInput) as raised:
        land(path, store)
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)
    assert store.appends == []


def test_own_domains_are_told_to_the_reader_that_asks_for_them_alone(tmp_path: Path, store: FakeTableStore) -> None:
    own = ("acme.example",)
    assert reading_of(source_named("mail"), tmp_path / "a.eml", "Acme", own).own_domains == own
    assert reading_of(source_named("survey"), tmp_path / "a.csv", "Acme", own).own_domains == ()
    path = written(tmp_path, mail(changed={"From": "help@acme.example"}), "a.eml")
    assert land_files("mail", [path], "Acme", store, FakeClock(), own_domains=own).quarantined == 1


def test_unknown_source_is_refused(tmp_path: Path, store: FakeTableStore) -> None:
    with pytest.raises(UnknownChoice):
        land_file("fax", written(tmp_path, MIXED), "Acme", store, FakeClock())


def test_errors_hold_no_customer_text(tmp_path: Path, store: FakeTableStore) -> None:
    with pytest.raises(FeedbackLoopError) as raised:
        land(written(tmp_path, b"My card 4111 is lost\nand so am I\n"), store)
    assert "4111" not in str(raised.value)


@pytest.mark.parametrize(("name", "row_count"), REAL_COUNTS.items())
def test_real_exports_land_whole_and_only_once(name: str, row_count: int, store: FakeTableStore) -> None:
    if not (REAL / name).exists():
        pytest.skip(f"the public reviews are not here: {name}")
    assert land(REAL / name, store) == LandingReport(read=row_count, landed=row_count, duplicates=0, quarantined=0)
    assert land(REAL / name, store).duplicates == row_count
