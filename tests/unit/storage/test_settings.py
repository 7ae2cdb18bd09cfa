"""Settings: where they come from, which beats which, every fault at once, and no secret in what is told."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from config.sections import Section
from config.settings import BadSettings, Settings, SettingsFault, given, load

NONE = "there is no such setting"
PASSWORD = "hunter2 is no good"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file of the working folder reaches these tests."""
    monkeypatch.chdir(tmp_path)


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "given.toml"
    file.write_text(text, encoding="utf-8")
    return file


def secret_files(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def faults_of(file: Path | None = None, *secrets: Path) -> dict[str, tuple[str | None, str]]:
    with pytest.raises(BadSettings) as told:
        load(file, secrets)
    assert PASSWORD not in repr(told.value.faults)
    assert str(told.value) == f"{len(told.value.faults)} faults in the settings"
    return {fault.key: (fault.value, fault.reason) for fault in told.value.faults}


def password(settings: Settings) -> str | None:
    found = settings.secrets.database_password
    return found.get_secret_value() if found else None


def test_without_anything_the_defaults_hold() -> None:
    assert load().model_dump() == given({}).model_dump()
    assert load().announcements.approvals == 1
    assert load().secrets.database_password is None


def test_the_file_of_the_working_folder_is_used_unless_another_is_named(tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text('organisation.name = "Here"')
    assert load().organisation.name == "Here"
    assert load(write(tmp_path, 'organisation.name = "There"')).organisation.name == "There"


def test_the_environment_beats_the_file_key_by_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, '[organisation]\nname = "File"\nlanguage = "cy"\n[access]\nadmins = ["web:a"]')
    monkeypatch.setenv("SWITCHBOARD_ORGANISATION__NAME", "Environment")
    monkeypatch.setenv("SWITCHBOARD_ACCESS__ADMINS", '["web:b", "matrix:@c:d"]')
    settings = load(file)
    assert (settings.organisation.name, settings.organisation.language) == ("Environment", "cy")
    assert settings.access.admins == ["web:b", "matrix:@c:d"]


def test_secret_files_beat_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_SECRETS__DATABASE_PASSWORD", "from the environment")
    assert password(load()) == "from the environment"
    folder = secret_files(tmp_path, SWITCHBOARD_SECRETS__DATABASE_PASSWORD="from a file\n", other_program="x")
    assert password(load(None, [folder])) == "from a file"


def test_a_secret_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_SECRETS__DATABASE_PASSWORD", PASSWORD)
    settings = load()
    assert isinstance(settings.secrets.database_password, SecretStr)
    assert PASSWORD not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_every_fault_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(
        tmp_path,
        'colour = "red"\n[organisation]\nname = ""\ntime_zone = "Europe/Lundon"\nshoe_size = 9\n'
        '[access]\nadmins = ["pat"]\n[announcements]\napprovals = 0\ngrace_seconds = "soon"\n[feed]\nbase_url = "x"',
    )
    monkeypatch.setenv("SWITCHBOARD_DATABSE__URL", "x")
    monkeypatch.setenv("SWITCHBOARD_DATABASE__URLL", "y")
    found = faults_of(file)
    assert found.keys() == {
        "SWITCHBOARD_DATABSE__URL", "colour", "organisation.name", "organisation.time_zone", "organisation.shoe_size",
        "access.admins.0", "announcements.approvals", "announcements.grace_seconds", "feed.base_url", "database.urll",
    }  # fmt: skip
    assert found["colour"] == ("red", NONE)
    assert found["database.urll"] == ("y", NONE)
    assert found["SWITCHBOARD_DATABSE__URL"] == (None, NONE)
    assert found["organisation.time_zone"] == (
        "Europe/Lundon",
        "is not a time zone; use a name such as Europe/London",
    )
    assert found["access.admins.0"] == ("pat", "must be written platform:id, for example matrix:@pat:example.org")
    assert found["announcements.approvals"][0] == "0"


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABSE__URL", "URL", "DATABASEURL", "", "__URL", "CACHES"])
def test_a_mistyped_variable_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"SWITCHBOARD_{name}", PASSWORD)
    assert faults_of() == {f"SWITCHBOARD_{name}": (None, NONE)}


def test_a_mistyped_secret_file_is_caught(tmp_path: Path) -> None:
    names = {"SWITCHBOARD_SECRETS__DATABSE_PASSWORD": PASSWORD, "SWITCHBOARD_SECRTS__DATABASE_PASSWORD": PASSWORD}
    assert faults_of(None, secret_files(tmp_path, **names)) == {
        "secrets.databse_password": (None, NONE),
        "SWITCHBOARD_SECRTS__DATABASE_PASSWORD": (None, NONE),
    }


def test_a_variable_that_is_none_of_ours_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_CACHE", "/somewhere")
    monkeypatch.setenv("SWITCHBOARDS_NAME", "x")
    monkeypatch.setenv("MY_SWITCHBOARD_NAME", "x")
    assert load().organisation.name == "Your council"


SECRETS = [
    ("SWITCHBOARD_SECRETS__DATABASE_PASWORD", PASSWORD, "secrets.database_pasword"),
    ("SWITCHBOARD_DATABASE__PASSWORD", PASSWORD, "database.password"),
    ("SWITCHBOARD_FEED__TOKEN", PASSWORD, "feed.token"),
    ("SWITCHBOARD_FEED__SECRET", PASSWORD, "feed.secret"),
    ("SWITCHBOARD_FEED__BASE_URL", f"https://u:{PASSWORD}@h", "feed.base_url"),
    ("SWITCHBOARD_DATABASE", f"postgresql+psycopg://u:{PASSWORD}@h/d", "database"),
    ("SWITCHBOARD_DATABASE__URL__PASSWORD", PASSWORD, "database.url"),
    ("SWITCHBOARD_ROOMS__COMMS", f"password={PASSWORD}", "rooms.comms"),
]


@pytest.mark.parametrize(("variable", "value", "key"), SECRETS)
def test_a_fault_shows_no_secret(variable: str, value: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    found = faults_of()
    assert found.keys() == {key}
    assert found[key][0] is None


def test_secrets_in_the_settings_file_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path, f'organisation.name = ""\n[secrets]\ndatabase_password = "{PASSWORD}"')
    reason = "secrets are given in the environment or by secret files, never in the settings file"
    found = faults_of(file)
    assert found.keys() == {"secrets", "organisation.name"}
    assert found["secrets"] == (None, reason)


@pytest.mark.parametrize("value", ["web:pat", "[web:pat]", '["web:pat"', '{"a": 1}', "5"])
def test_a_list_that_is_none_is_a_fault_among_others(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_ACCESS__ADMINS", value)
    monkeypatch.setenv("SWITCHBOARD_LOG", "debug")
    found = faults_of()
    assert found["access.admins"][1] == 'must be a list, for example ["matrix:@pat:example.org"]'
    assert found["log"] == ("debug", "must be a table of keys; in the environment write SWITCHBOARD_TABLE__KEY")


ZONES = ["Europe", "", "..", "/etc/passwd", "Europe/London ", "local", "London"]


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_no_time_zone_is_told(zone: str) -> None:
    with pytest.raises(BadSettings) as told:
        given({"organisation": {"time_zone": zone}})
    reason = "is not a time zone; use a name such as Europe/London"
    assert told.value.faults == (SettingsFault("organisation.time_zone", zone, reason),)


WRONG: list[tuple[str, str, object]] = [
    ("announcements", "approvals", 6),
    ("announcements", "approvals", 0),
    ("announcements", "grace_seconds", float("nan")),
    ("announcements", "grace_seconds", -0.1),
    ("announcements", "grace_seconds", 3600.1),
    ("announcements", "tolerance_minutes", 0),
    ("announcements", "tolerance_minutes", 1441),
    ("announcements", "lease_seconds", 0),
    ("announcements", "settle_seconds", -1),
    ("announcements", "open_drafts", 0),
    ("access", "admins", ["web:a", "web:b", "web:c"]),
    ("access", "admins", ["web:"]),
    ("access", "admins", [":pat"]),
    ("rooms", "comms", "comms"),
    ("feed", "tag_date", "2026-02-30"),
    ("feed", "tag_date", "20260101"),
    ("feed", "tag_date", "٢٠٢٦-٠١-٠١"),
    ("feed", "base_url", "http://example.org"),
    ("feed", "base_url", "ftp://example.org/"),
    ("log", "level", "loud"),
    ("database", "url", ""),
]


@pytest.mark.parametrize(("section", "key", "value"), WRONG)
def test_a_value_out_of_bounds_is_told(section: str, key: str, value: object) -> None:
    with pytest.raises(BadSettings) as told:
        given({section: {key: value}})
    assert [fault.key.removesuffix(".0") for fault in told.value.faults] == [f"{section}.{key}"]


RIGHT: list[tuple[str, str, object]] = [
    ("announcements", "approvals", 5),
    ("announcements", "grace_seconds", 0),
    ("announcements", "grace_seconds", 3600),
    ("announcements", "tolerance_minutes", 1440),
    ("announcements", "lease_seconds", 1),
    ("access", "admins", ["web:a", "matrix:@b:example.org"]),
    ("feed", "tag_date", "2024-02-29"),
    ("organisation", "time_zone", "Pacific/Chatham"),
]


@pytest.mark.parametrize(("section", "key", "value"), RIGHT)
def test_a_value_at_the_bound_is_taken(section: str, key: str, value: object) -> None:
    assert getattr(getattr(given({section: {key: value}}), section), key) == value


def test_a_file_that_cannot_be_used_is_told_by_its_name(tmp_path: Path) -> None:
    missing, broken, bytes_ = tmp_path / "none.toml", write(tmp_path, "a ="), tmp_path / "bytes.toml"
    bytes_.write_bytes(b'name = "\xff"')
    assert faults_of(missing) == {str(missing): (None, "cannot be read: No such file or directory")}
    assert faults_of(tmp_path) == {str(tmp_path): (None, "cannot be read: Is a directory")}
    assert faults_of(broken)[str(broken)][1].startswith("is not a TOML file: Invalid value (at ")
    assert faults_of(bytes_)[str(bytes_)][1].startswith("is not a TOML file: 'utf-8'")


def test_secret_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    folder = secret_files(tmp_path)
    (folder / "SWITCHBOARD_SECRETS__DATABASE_PASSWORD").write_bytes(PASSWORD.encode() + b"\xff")
    missing = tmp_path / "none"
    assert faults_of(None, folder, missing) == {
        str(missing): (None, "is no folder with secret files"),
        "secrets": (None, "the secret files cannot be read (UnicodeDecodeError)"),
    }


def test_settings_do_not_change_once_they_are_read() -> None:
    settings = given({})
    with pytest.raises(ValueError, match="frozen"):
        settings.organisation.name = "Another"
    with pytest.raises(ValueError, match="frozen"):
        settings.organisation = settings.organisation


def test_each_key_says_what_it_is_for() -> None:
    kinds = [field.annotation for field in Settings.model_fields.values()]
    sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)]
    fields = [(name, field) for kind in sections for name, field in kind.model_fields.items()]
    assert len(sections) == len(kinds)
    assert len(fields) > 15
    assert [name for name, field in fields if not field.description] == []
