"""Set-up: which instructions llama.cpp gets, what a second run skips, and what a person is told."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

PACKAGING = Path(__file__).parents[2] / "packaging"
# These files run before anything is installed, so they import each other by bare name from their own folder.
sys.path.insert(0, str(PACKAGING))
try:
    cpu_flags = importlib.import_module("cpu_flags")
    progress = importlib.import_module("progress")
    stamps = importlib.import_module("stamps")
    system_packages = importlib.import_module("system_packages")
    llama_wheel = importlib.import_module("llama_wheel")
    bootstrap = importlib.import_module("bootstrap")
finally:
    sys.path.remove(str(PACKAGING))

BASE = "fpu sse sse2 pni ssse3 cx16 sse4_1 sse4_2 popcnt"
HASWELL = f"{BASE} avx f16c fma bmi1 avx2 bmi2"
AVX512 = f"{HASWELL} avx512f avx512dq avx512cd avx512bw avx512vl"
SAPPHIRE_RAPIDS = (
    f"{AVX512} avx_vnni avx512_bf16 avx512vbmi avx512_vnni amx_bf16 amx_tile amx_int8 avx512_fp16"
)
SKYLAKE_X = AVX512
ALDER_LAKE = f"{HASWELL} avx_vnni"
SANDY_BRIDGE = f"{BASE} avx"


def cpuinfo(*cores: str) -> str:
    """What /proc/cpuinfo says on x86 for these cores."""
    return "".join(
        f"processor\t: {n}\nvendor_id\t: GenuineIntel\nflags\t\t: {flags}\nbugs\t\t: spectre_v1\n\n"
        for n, flags in enumerate(cores)
    )


RASPBERRY_PI_5 = (
    "processor\t: 0\nBogoMIPS\t: 108.00\n"
    "Features\t: fp asimd evtstrm aes crc32 cpuid asimdrdm dcpop asimddp\n\n"
)


def switched_on(text: str, machine: str = "x86_64") -> set[str]:
    switches = cpu_flags.switches_for(cpu_flags.features_in(text), machine)
    return {name.removeprefix("GGML_") for name, on in switches.items() if on}


# --- the choice of instructions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (
            SAPPHIRE_RAPIDS,
            "SSE42 AVX AVX2 BMI2 FMA F16C AVX_VNNI AVX512 AVX512_VBMI AVX512_VNNI AVX512_BF16",
        ),
        (SKYLAKE_X, "SSE42 AVX AVX2 BMI2 FMA F16C AVX512"),
        (ALDER_LAKE, "SSE42 AVX AVX2 BMI2 FMA F16C AVX_VNNI"),
        (HASWELL, "SSE42 AVX AVX2 BMI2 FMA F16C"),
        (SANDY_BRIDGE, "SSE42 AVX"),
        (BASE, "SSE42"),
        ("fpu sse sse2", ""),
    ],
)
def test_a_cpu_gets_exactly_the_instructions_it_has(flags: str, expected: str) -> None:
    assert switched_on(cpuinfo(flags, flags)) == set(expected.split())


def test_amx_and_native_are_off_on_a_cpu_that_has_amx() -> None:
    switches = cpu_flags.switches_for(cpu_flags.features_in(cpuinfo(SAPPHIRE_RAPIDS)), "x86_64")
    arguments = cpu_flags.cmake_arguments(switches)
    assert "-DGGML_NATIVE=OFF" in arguments
    assert {a for a in arguments if "AMX" in a} == {
        "-DGGML_AMX_TILE=OFF",
        "-DGGML_AMX_INT8=OFF",
        "-DGGML_AMX_BF16=OFF",
    }


def test_what_a_cpu_lacks_is_switched_off_by_name_because_ggml_would_switch_it_on() -> None:
    switches = cpu_flags.switches_for(cpu_flags.features_in(cpuinfo(BASE)), "x86_64")
    arguments = cpu_flags.cmake_arguments(switches)
    assert {"-DGGML_AVX=OFF", "-DGGML_AVX2=OFF", "-DGGML_FMA=OFF", "-DGGML_F16C=OFF"} <= set(
        arguments
    )


def test_arm_is_left_to_the_defaults_without_native() -> None:
    features = cpu_flags.features_in(RASPBERRY_PI_5)
    assert "asimddp" in features
    assert cpu_flags.switches_for(features, "aarch64") == {}
    assert cpu_flags.cmake_arguments({}) == cpu_flags.ALWAYS
    assert "-DGGML_NATIVE=OFF" in cpu_flags.ALWAYS


def test_an_unknown_x86_system_gets_the_plain_baseline() -> None:
    assert switched_on("", "AMD64") == set()


def test_only_what_all_cores_have_counts() -> None:
    assert switched_on(cpuinfo(SAPPHIRE_RAPIDS, HASWELL)) == switched_on(cpuinfo(HASWELL))


@pytest.mark.parametrize("hidden", ["avx", "avx2", "fma", "f16c", "avx512bw"])
def test_a_hypervisor_that_hides_a_base_feature_hides_what_builds_on_it(hidden: str) -> None:
    left = " ".join(flag for flag in SAPPHIRE_RAPIDS.split() if flag != hidden)
    assert not {on for on in switched_on(cpuinfo(left)) if on.startswith("AVX512")}


FEATURES = st.frozensets(st.sampled_from(SAPPHIRE_RAPIDS.split()))


@given(FEATURES)
def test_a_wheel_never_needs_what_its_cpu_lacks(features: frozenset[str]) -> None:
    assert cpu_flags.required_features(cpu_flags.switches_for(features, "x86_64")) <= features


@given(FEATURES, FEATURES)
def test_a_better_cpu_never_gets_less(some: frozenset[str], more: frozenset[str]) -> None:
    fewer = cpu_flags.switches_for(some, "x86_64")
    best = cpu_flags.switches_for(some | more, "x86_64")
    assert all(best[name] for name, on in fewer.items() if on)


# --- what set-up remembers --------------------------------------------------------------------------


def test_a_key_follows_every_input_and_the_content_of_files(tmp_path: Path) -> None:
    file = tmp_path / "lock.txt"
    file.write_text("one", encoding="utf-8")
    before = stamps.key_of(file, ["a", "b"])
    assert stamps.key_of(file, ["a", "b"]) == before
    assert stamps.key_of(file, ["a"], "b") != before
    file.write_text("two", encoding="utf-8")
    assert stamps.key_of(file, ["a", "b"]) != before


def test_a_damaged_stamp_file_means_nothing_was_done(tmp_path: Path) -> None:
    file = tmp_path / "setup.json"
    kept = stamps.Stamps(file)
    kept.done("step", "key", features=["avx"])
    assert stamps.Stamps(file).is_current("step", "key")
    file.write_text('{"step": {"key"', encoding="utf-8")
    assert not stamps.Stamps(file).is_current("step", "key")
    kept.done("step", "key")
    assert kept.is_current("step", "key")


class Workplace:
    """A folder to set up; in place of its Python a program that writes down commands and obeys `fail`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands_file = root / "commands"
        self.fail = root / "fail"
        locks = root / "packaging" / "locks"
        locks.mkdir(parents=True)
        for name in ("build", "runtime", "dev"):
            (locks / f"{name}.txt").write_text(f"{name}==1\n", encoding="utf-8")
        (root / "assistant").mkdir()
        (root / "assistant" / "__init__.py").write_text('__version__ = "1"\n', encoding="utf-8")
        (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
        scripts = root / ".venv" / "bin"
        scripts.mkdir(parents=True)
        (scripts / "activate").write_text(f"VIRTUAL_ENV={root / '.venv'}\n", encoding="utf-8")
        python = scripts / "python"
        python.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *"import json"*) echo \'["{root / ".venv"}", [3, 11]]\'; exit 0;; esac\n'
            f'echo "$*" >> "{self.commands_file}"\n'
            f'if [ -s "{self.fail}" ]; then while read -r word; do\n'
            f'    case "$*" in *"$word"*) echo "no $word"; exit 1;; esac\n'
            f'done < "{self.fail}"; fi\n',
            encoding="utf-8",
        )
        python.chmod(0o755)

    def set_up(self, group: str = "dev") -> list[str]:
        """Run set-up; a word for each thing that was installed or tried, in order."""
        self.commands_file.write_text("", encoding="utf-8")
        try:
            bootstrap.Setup(group, self.root).run()
        finally:
            commands = self.commands_file.read_text(encoding="utf-8").splitlines()
            self.words = [self._word(command) for command in commands]
        return self.words

    def _word(self, command: str) -> str:
        if "llama_cpp" in command:
            return "load" if command.startswith("-c") else "thinker"
        return Path(command.rsplit(maxsplit=1)[-1]).name if ".txt" in command else "project"

    @property
    def stamps_file(self) -> Path:
        return self.root / ".venv" / "setup.json"


@pytest.fixture
def no_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs: no apt-get, no compiler; every library that set-up looks for is there."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "echo", "env"):
        (programs / name).symlink_to(f"/bin/{name}")
    write_program(
        programs / "ldconfig",
        *(f"echo '{package.library} (libc6) => /lib/x'" for package in system_packages.RUN),
    )
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    return programs


def write_program(path: Path, *lines: str) -> None:
    path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def workplace(tmp_path: Path, no_system: Path) -> Workplace:
    """A folder to set up; the user's cache already holds the wheel for this machine."""
    assert no_system.is_dir()
    wheel = tmp_path / "llama_cpp_python-1-py3-none-any.whl"
    wheel.write_bytes(b"compiled")
    llama_wheel.WheelCache(llama_wheel.user_cache()).store(
        wheel, llama_wheel.recipe_for_this_machine()
    )
    return Workplace(tmp_path / "root")


ALL_DEV = ["build.txt", "dev.txt", "thinker", "load", "project"]


def test_the_second_set_up_runs_nothing(workplace: Workplace) -> None:
    assert workplace.set_up() == ALL_DEV
    assert workplace.set_up() == []
    assert workplace.set_up("runtime") == []


def test_the_test_tools_are_added_to_an_installed_assistant(workplace: Workplace) -> None:
    assert workplace.set_up("runtime") == ["build.txt", "runtime.txt", "thinker", "load", "project"]
    assert workplace.set_up("dev") == ["dev.txt"]


def test_a_changed_lock_repeats_only_its_own_step(workplace: Workplace) -> None:
    workplace.set_up()
    (workplace.root / "packaging" / "locks" / "dev.txt").write_text("dev==2\n", encoding="utf-8")
    assert workplace.set_up() == ["dev.txt"]
    (workplace.root / "pyproject.toml").write_text("[project] # new\n", encoding="utf-8")
    assert workplace.set_up() == ["project"]


def test_a_failed_step_stops_with_one_sentence_and_is_repeated(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace.fail.write_text("dev.txt\n", encoding="utf-8")
    with pytest.raises(progress.SetupError, match="Check the network, then run make again"):
        workplace.set_up()
    assert workplace.words == ["build.txt", "dev.txt"]
    assert "    no dev.txt" in capsys.readouterr().out
    workplace.fail.unlink()
    assert workplace.set_up() == ALL_DEV[1:]


def test_a_deleted_or_replaced_environment_is_filled_again(workplace: Workplace) -> None:
    workplace.set_up()
    workplace.stamps_file.unlink()
    assert workplace.set_up() == ALL_DEV


def test_a_wheel_for_a_better_cpu_is_replaced_and_one_for_a_lesser_cpu_kept(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace.set_up()
    recorded = json.loads(workplace.stamps_file.read_text(encoding="utf-8"))
    features = recorded["thinker"]["features"]
    recorded["thinker"]["features"] = features[:-1]
    workplace.stamps_file.write_text(json.dumps(recorded), encoding="utf-8")
    assert workplace.set_up() == []
    recorded["thinker"]["features"] = [*features, "avx1024"]
    workplace.stamps_file.write_text(json.dumps(recorded), encoding="utf-8")
    assert workplace.set_up() == ["thinker", "load"]
    assert "for another CPU: replacing it" in capsys.readouterr().out
    assert workplace.set_up() == []


def test_a_cached_wheel_that_does_not_load_is_thrown_away_and_compiled_anew(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace.fail.write_text("import llama_cpp\n", encoding="utf-8")
    with pytest.raises(progress.SetupError, match=r"no C\+\+ compiler"):  # it would compile now
        workplace.set_up()
    assert "does not load here: building it again" in capsys.readouterr().out
    store = llama_wheel.WheelStore(workplace.root / ".cache")
    assert store.find(llama_wheel.recipe_for_this_machine()) is None


# --- the caches of the compiled wheel ---------------------------------------------------------------


def test_a_wheel_in_the_users_cache_is_copied_into_the_working_copy(tmp_path: Path) -> None:
    recipe = llama_wheel.recipe_for_this_machine()
    wheel = tmp_path / "some.whl"
    wheel.write_bytes(b"compiled")
    shared, near = tmp_path / "shared", tmp_path / "near"
    assert llama_wheel.WheelStore(near, shared).find(recipe) is None
    llama_wheel.WheelCache(shared).store(wheel, recipe)
    found = llama_wheel.WheelStore(near, shared).find(recipe)
    assert found.read_bytes() == b"compiled"
    assert found.is_relative_to(near)


@pytest.mark.parametrize("damage", ["truncated", "no record", "record is not an object", "gone"])
def test_a_damaged_wheel_counts_as_absent(tmp_path: Path, damage: str) -> None:
    recipe = llama_wheel.recipe_for_this_machine()
    wheel = tmp_path / "some.whl"
    wheel.write_bytes(b"compiled")
    cache = llama_wheel.WheelCache(tmp_path / "cache")
    kept = cache.store(wheel, recipe)
    assert cache.find(recipe.fingerprint) == kept
    record = kept.with_name("wheel.json")
    match damage:
        case "truncated":
            kept.write_bytes(b"comp")
        case "no record":
            record.unlink()
        case "record is not an object":
            record.write_text("[]", encoding="utf-8")
        case "gone":
            kept.unlink()
    assert cache.find(recipe.fingerprint) is None


# --- what a person sees while it compiles -----------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("Collecting llama-cpp-python==0.3.36\n", "fetching the source (77 MB), 1:30 so far"),
        ("Preparing metadata (pyproject.toml): done\n", "configuring, 1:30 so far"),
        ("  [1/83] /usr/bin/g++ x\n", "1 of 83 (1 %), 1:30 so far"),
        (
            "  [1/83] g++\n  [20/80] gcc\n  warning: [-Wall]\n",
            "20 of 80 (25 %), 1:30 so far, about 4:30 left",
        ),
    ],
)
def test_the_progress_line_says_how_far_the_compile_is(log: str, line: str) -> None:
    assert llama_wheel.describe_compile(log, 90.0) == line


def test_a_failed_command_shows_its_last_thirty_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(progress.SetupError, match=r"^do this$"):
        progress.run_logged(
            [
                "sh",
                "-c",
                'for n in 1 2 3 4 5 6 7; do for m in 1 2 3 4 5; do echo "$n.$m"; done; done; exit 3',
            ],
            label="thing",
            log=tmp_path / "thing.log",
            describe=lambda _output, _seconds: "",
            advice="do this",
        )
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("thing: failed.")
    assert [printed[1].strip(), printed[-1].strip(), len(printed)] == ["2.1", "7.5", 31]


# --- system packages --------------------------------------------------------------------------------


@pytest.fixture
def lacking(no_system: Path) -> list[object]:
    """Packages whose libraries are absent on a system with apt-get, which writes down what it is asked."""
    write_program(no_system / "ldconfig", "echo 'libgomp.so.1 (libc6,x86-64) => /lib/libgomp.so.1'")
    asked = no_system.parent / "asked"
    write_program(
        no_system / "apt-get",
        f'echo "$*" >> "{asked}"',
        'case "$*" in *libnew*) exit 100;; esac',  # one name this release does not know
    )
    return [
        system_packages.SystemPackage("libgomp1", "thinker", "libgomp.so.1"),
        system_packages.SystemPackage("libportaudio2", "sound", "libportaudio.so.2"),
        system_packages.SystemPackage("libnew1", "window", "libnew.so.1"),
    ]


def ensure(packages: list[object], folder: Path) -> None:
    system_packages.ensure(packages, stamps.Stamps(folder / "setup.json"), folder / "apt.log")


def test_without_root_and_terminal_the_command_is_printed_once_and_the_loss_each_time(
    lacking: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    ensure(lacking, tmp_path)
    first = capsys.readouterr().out
    assert "sudo apt-get update && sudo apt-get install libnew1 libportaudio2" in first
    assert "Without libportaudio2 there is no microphone and no loudspeaker" in first
    assert "libgomp1" not in first
    ensure(lacking, tmp_path)
    second = capsys.readouterr().out
    assert "apt-get" not in second
    assert "Without libnew1 the window cannot open" in second
    assert not (tmp_path / "asked").exists()


def test_root_installs_and_one_unknown_name_does_not_keep_the_others_out(
    lacking: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    ensure(lacking, tmp_path)
    install = "install -y --no-install-recommends"
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == [
        "update",
        f"{install} libnew1 libportaudio2",
        f"{install} libnew1",
        f"{install} libportaudio2",
    ]
    ensure(lacking, tmp_path)  # what apt does not have is not asked for at every start
    assert (tmp_path / "asked").read_text(encoding="utf-8").splitlines() == asked


def test_a_python_that_cannot_make_environments_is_a_plain_error(
    no_system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert no_system.is_dir()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    lacking = [
        system_packages.SystemPackage("python3-venv", "python", module="no_such_module_here")
    ]
    with pytest.raises(progress.SetupError, match="Install python3-venv, then run make again"):
        ensure(lacking, tmp_path)


# --- the very first step, in a POSIX shell ----------------------------------------------------------


def first_step(programs: Path) -> subprocess.CompletedProcess[str]:
    for name in ("dirname", "id"):
        (programs / name).symlink_to(Path("/usr/bin") / name)
    return subprocess.run(
        ["/bin/sh", str(PACKAGING / "setup.sh"), "dev"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_a_person_is_told_what_to_install(no_system: Path) -> None:
    write_program(no_system / "python3", "exit 1")  # too old: the version test fails
    run = first_step(no_system)
    assert run.returncode == 1
    assert "needs Python 3.11 or newer" in run.stderr
    assert "sudo apt-get install python3 python3-venv" in run.stderr


def test_a_newer_python_beside_an_old_one_is_found(no_system: Path) -> None:
    write_program(no_system / "python3", "exit 1")
    write_program(no_system / "python3.12", 'case "$1" in -c) ;; *) echo "12 runs $*" ;; esac')
    run = first_step(no_system)
    assert run.stdout == f"12 runs {PACKAGING / 'bootstrap.py'} dev\n"
