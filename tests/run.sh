#!/bin/sh
# Runs suites of tests and counts the results: tests/run.sh SUITE...
# `./lab test` calls it, after seeing to the packages.
#
# Every step leaves TAP or a meson test log in build-results/; tests/count.py reads them all at the
# end and says what was skipped, what failed, and how many. A step never ends the run: what comes
# after it is tried as well.
set -u
cd "$(dirname "$0")/.." || exit
root=$PWD
results=${root:?}/build-results
files=

# What a sanitizer finds ends the program that it finds it in. It is also kept, for after the suite:
# not every test asks how each program that it started came to its end.
export ASAN_OPTIONS="detect_stack_use_after_return=1:log_path='$results/sanitizer':${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:${UBSAN_OPTIONS:-}"

# --- steps --------------------------------------------------------------------------------------

note() {
    echo "== $*" >&2
}

# have NAME: is there such a command?
have() {
    command -v "$1" >/dev/null 2>&1
}

# tap NAME COMMAND...: a program that prints TAP.
tap() {
    name=$1
    shift
    note "$name"
    status=0
    "$@" >"$results/$name.tap" 2>"$results/$name.err" </dev/null || status=$?
    printf '\n# exit %s\n' "$status" >>"$results/$name.tap"
    files="$files $results/$name.tap"
}

# check NAME COMMAND...: one test, passed when the command succeeds. Returns the command's status.
check() {
    name=$1
    shift
    note "$name"
    status=0
    said=$("$@" 2>&1 </dev/null) || status=$?
    if [ "$status" -eq 0 ]; then
        printf '1..1\nok 1 - runs\n# exit 0\n' >"$results/$name.tap"
    else
        printf '1..1\nnot ok 1 - exit status %s\n%s\n# exit 0\n' "$status" \
            "$(printf '%s\n' "$said" | tail -n 40 | sed 's/^/# /')" >"$results/$name.tap"
    fi
    files="$files $results/$name.tap"
    return "$status"
}

# fail TEXT: the command of a check that has failed already.
fail() {
    printf '%s\n' "$1"
    return 1
}

# skip NAME REASON: said and counted, so that nothing is left out in silence.
skip() {
    printf '1..1\nok 1 - all of it # SKIP %s\n# exit 0\n' "$2" >"$results/$1.tap"
    files="$files $results/$1.tap"
}

# prepare COMPILER FOLDER MESON-SETUP-ARGUMENTS...: a failed setup is not built upon the next time.
prepare() {
    compiler=$1
    folder=$2
    shift 2
    [ -f "$folder/build.ninja" ] || rm -rf "$folder"
    [ -d "$folder" ] || CC=$compiler "$meson" setup "$folder" "$@"
}

# compile COMPILER FOLDER MESON-SETUP-ARGUMENTS...: all there is to build.
compile() {
    prepare "$@" && "$meson" compile -C "$folder"
}

# compile_fuzzing COMPILER FOLDER MESON-SETUP-ARGUMENTS...: the fuzz targets and what they stand on.
# A new one is found only when the list is read again.
compile_fuzzing() {
    prepare "$@" && touch tests/fuzz/meson.build && ninja -C "$folder" fuzzing
}

# compile_some COMPILER FOLDER TARGETS MESON-SETUP-ARGUMENTS...: TARGETS is one word, '' for all.
compile_some() {
    compiler=$1
    folder=$2
    targets=$3
    shift 3
    # shellcheck disable=SC2086  # a list of names
    prepare "$compiler" "$folder" "$@" && "$meson" compile -C "$folder" $targets
}

# unit NAME FOLDER MESON-TEST-ARGUMENTS...: the unit tests of a build.
unit() {
    name=$1
    folder=$2
    shift 2
    note "$name tests"
    log=$folder/meson-logs/testlog.json
    rm -f "$log"
    if meson test -C "$folder" --no-rebuild "$@" >"$results/$name.out" 2>&1 </dev/null ||
        [ -s "$log" ]; then
        cp "$log" "$results/$name.json"
        files="$files $results/$name.json"
    else
        check "$name-run" fail "$(cat "$results/$name.out")"
    fi
}

# findings SUITE: what sanitizers found in programs of the suite, however its tests came out. A
# program that is meant to crash is told to say so on stderr instead.
findings() {
    found=$(grep -lE 'ERROR: |runtime error: ' "$results"/sanitizer.* 2>/dev/null)
    # shellcheck disable=SC2086  # a list of our own file names
    [ -z "$found" ] || check "sanitizer-$1" fail "$(head -n 15 $found)"
    rm -f "$results"/sanitizer.*
}

# programs FOLDER: every executable FOLDER/test_* is a TAP program. They find the program under
# test in RLAB, and a home folder that is nobody's.
programs() {
    export RLAB="$root/build-test/rlab"
    rm -rf "${results:?}/home"
    mkdir -p "$results/home"
    for program in "$1"/test_*; do
        [ -x "$program" ] || { note "no program $program"; continue; }
        name=$(basename "$1")-$(basename "${program%.*}")
        tap "$name" env HOME="$results/home" XDG_CONFIG_HOME= XDG_DATA_HOME= XDG_STATE_HOME= \
            XDG_CACHE_HOME= PYTHONDONTWRITEBYTECODE=1 "$program"
    done
}

# --- suites -------------------------------------------------------------------------------------

# The sanitized build and what is quick: for every commit.
suite_unit() {
    if check build-gcc compile gcc build-test -Doptimization=1 -Db_sanitize=address,undefined; then
        unit unit build-test --no-suite slow
    fi
    tap layers tests/layers.sh
    tap tidy tests/tidy.sh
    tap count tests/test_count.py
}

# Learners from end to end, and figures: minutes each.
suite_slow() {
    unit slow build-test --suite slow
}

# A real model server on this machine, for as long as its tests run.
suite_real() {
    export RLAB_MODEL_HOME="$root/build-model" RLAB_DATA_DIR="$results/model"
    export RLAB_MODEL_STATE="$RLAB_DATA_DIR/model-server.json"
    compile gcc build-test -Doptimization=1 -Db_sanitize=address,undefined >/dev/null 2>&1
    note "starting a real model server"
    serving=yes
    status=0
    said=$("$python" tests/real/model_server.py start 2>&1 </dev/null) || status=$?
    case $status in
    0) programs tests/real ;;
    3) skip real "$(printf '%s' "$said" | tail -n 1)" ;;
    *) check real-server fail "$said" ;;
    esac
    stop_server
    unset RLAB_MODEL_HOME RLAB_DATA_DIR RLAB_MODEL_STATE
}

# Ours only: a server that a person started keeps its state in another folder.
stop_server() {
    [ "$serving" = no ] || "$python" tests/real/model_server.py stop 2>/dev/null
    serving=no
}

# fuzz TARGET: for a few seconds (FUZZ_SECONDS), from what is kept in tests/fuzz/corpus/NAME.
fuzz() {
    new=build-fuzz/corpus/$1
    kept=tests/fuzz/corpus/${1#fuzz_}
    mkdir -p "$new" "$kept"
    check "$1" "build-fuzz/tests/fuzz/$1" -max_total_time="${FUZZ_SECONDS:-20}" -timeout=25 \
        -rss_limit_mb=1024 -artifact_prefix="build-fuzz/found/$1-" "$new" "$kept"
}

# lane N OF: every OF-th of the targets.
lane() {
    at=0
    for source in tests/fuzz/fuzz_*.c; do
        [ $((at % $2)) -ne "$1" ] || fuzz "$(basename "$source" .c)"
        at=$((at + 1))
    done
}

# How much of what it is there to test each target reaches from what is kept: a table on stderr.
reach() {
    have llvm-cov || { skip fuzz-reach 'there is no llvm-cov here'; return; }
    check build-reach compile_fuzzing clang build-reach -Dc_link_args=-fprofile-instr-generate \
        '-Dc_args=-fprofile-instr-generate -fcoverage-mapping' || return 0
    tap fuzz-reach tests/fuzz/reach.py build-reach
    sed -n 's/ok [0-9]* - //p' "$results/fuzz-reach.tap" >&2
}

# What the targets reach, then all of them, one for each processor at a time.
suite_fuzz() {
    have clang || { skip fuzz 'clang is not to be had here'; return; }
    reach
    check build-fuzz compile_fuzzing clang build-fuzz -Dfuzz=true -Doptimization=1 \
        -Db_sanitize=address,undefined || return 0
    mkdir -p build-fuzz/found
    lanes=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || lanes=2
    at=0
    while [ "$at" -lt "$lanes" ]; do
        lane "$at" "$lanes" &
        at=$((at + 1))
    done
    wait
    for source in tests/fuzz/fuzz_*.c; do
        files="$files $results/$(basename "$source" .c).tap"
    done
}

suite_terminal() {
    programs tests/terminal
}

# Kills, servers from hell, many processes at once. In a full run (RLAB_TEST_FULL=1) they take all
# the time they need.
suite_trust() {
    programs tests/trust
}

# Unit and wire tests under valgrind, which sees what the sanitizers do not: decisions by values
# that were never set. In a full run all of them; else the quick ones that read what comes from
# outside. Planted faults come before them.
suite_memcheck() {
    have valgrind || { skip memcheck 'valgrind is not to be had here'; return; }
    set -- framing think repair json errors requests lists servers
    targets='planted no_jit'
    if [ -n "${RLAB_TEST_FULL:-}" ]; then
        set --
        targets=
    fi
    for name; do
        targets="$targets test_$name"
    done
    check build-valgrind compile_some gcc build-valgrind "$targets" -Doptimization=1 -Ddebug=true &&
        tap memcheck "$python" tests/memcheck.py build-valgrind "$@"
}

# build_with COMPILER MESON-SETUP-ARGUMENTS...: in a folder named after the compiler.
build_with() {
    have "$1" || { skip "build-$1" "$1 is not to be had here"; return 1; }
    folder=build-$1
    compiler=$1
    shift
    check "$folder" compile "$compiler" "$folder" "$@"
}

# The oldest meson we promise to work with, in an environment of its own.
old_meson() {
    venv=$root/build-meson-0.61/venv
    [ -x "$venv/bin/meson" ] || { rm -rf "$venv" && "$python" -m venv "$venv" &&
        "$venv/bin/pip" install --quiet --disable-pip-version-check 'meson==0.61.*'; }
}

suite_builds() {
    if build_with clang -Doptimization=1 -Db_sanitize=address,undefined; then
        unit unit-clang build-clang --suite unit --suite fuzz # the verbs are Python's to test
    fi
    # What comes after may want a program that is quick.
    build_with gcc-11 --buildtype=release && export RLAB_RELEASE="$root/build-gcc-11/rlab"
    build_with clang-13 --buildtype=release
    note "fetching meson 0.61"
    if said=$(old_meson 2>&1); then
        meson=$root/build-meson-0.61/venv/bin/meson
        check build-meson-0.61 compile gcc build-meson-0.61/build --buildtype=release
        meson=meson
    else
        skip build-meson-0.61 "meson 0.61 cannot be fetched: $(printf '%s' "$said" | tail -n 1)"
    fi
}

# cross MACHINE TEST...: built for another kind of machine and run under an emulator; without names
# all that needs neither a terminal nor another program. The slowest learns for many minutes there, and
# nothing may hold the run up for ever.
cross() {
    machine=$1
    shift
    have dpkg-deb || { skip "$machine" "no Debian packages here to build with"; return; }
    note "fetching the libraries of $machine"
    [ -f "build-$machine-root/done" ] ||
        check "$machine-root" tests/cross/sysroot.sh "$machine" "build-$machine-root" || return
    if check "build-$machine" compile gcc "build-$machine" --buildtype=release \
        --cross-file "build-$machine-root/cross.ini"; then
        export RLAB_TEST_SLOWER=20
        unit "unit-$machine" "build-$machine" --timeout-multiplier 8 --suite unit --suite fuzz "$@"
        unset RLAB_TEST_SLOWER
    fi
}

# The machine of many GPU boxes.
suite_aarch64() {
    cross aarch64
}

# Narrow numbers, and numbers that lie the other way round in memory: for what is read from files.
suite_armhf() {
    cross armhf
}

suite_s390x() {
    cross s390x
}

# What takes long: runs of hours shortened to minutes, and fuzzing that finds the rare things.
suite_long() {
    programs tests/soak
}

# --- the run ------------------------------------------------------------------------------------

# The system's Python: one put first in PATH by a version manager may lack venv.
meson=meson
python=/usr/bin/python3
[ -x "$python" ] || python=python3

rm -rf "$results"
mkdir -p "$results"
trap 'exit 130' INT
trap 'exit 143' TERM HUP
serving=no
trap stop_server EXIT
for suite; do
    began=$(date +%s)
    "suite_$suite"
    findings "$suite"
    note "$suite took $(($(date +%s) - began)) s"
done
# shellcheck disable=SC2086  # a list of our own file names
"$python" tests/count.py $files
