#!/bin/sh
# The tree itself: layout of the C, scripts that parse, and a package for every library the build
# asks for. Prints TAP.
set -eu
cd "$(dirname "$0")/.."
tests=0

# report NAME COMMAND...: one test, passed when the command says nothing and succeeds.
report() {
    name=$1
    shift
    tests=$((tests + 1))
    if said=$("$@" 2>&1) && [ -z "$said" ]; then
        echo "ok $tests - $name"
    else
        echo "not ok $tests - $name"
        printf '%s\n' "$said" | sed 's/^/# /'
    fi
}

skip() {
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

# Layout differs between versions of clang-format, so one version speaks for all.
check_format() {
    find core tui tests -name '*.[ch]' -type f | sort | xargs clang-format-14 --dry-run -Werror
}

scripts() {
    echo lab
    echo .ci/run
    find tests -type f -perm -u+x | sort
}

# Every executable file of ours starts with a line naming its language, and parses.
check_scripts() {
    scripts | while read -r script; do
        case $(head -n 1 "$script") in
        '#!/bin/sh') sh -n "$script" ;;
        '#!'*bash) bash -n "$script" ;;
        '#!'*python3) python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$script" ;;
        *) echo "$script: starts with no line that names sh, bash or python3" ;;
        esac
    done
}

# `./lab` can only install what its table knows.
check_packages() {
    find . -name meson.build -not -path './build*' -exec cat {} + |
        sed -n "s/.*dependency('\([^']*\)'.*/\1/p" | sort -u | while read -r library; do
        [ "$library" = threads ] || ./lab packages | grep " lib:${library}[: ]" >/dev/null ||
            echo "meson.build asks for '$library', which the table in ./lab does not know"
    done
}

check_spaces() {
    find core tui tests lab .ci meson.build -type f \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' \
        -o -name meson.build -o -name lab -o -name run \) | sort | xargs grep -nE '[ 	]+$' /dev/null || true
}

if command -v clang-format-14 >/dev/null 2>&1; then
    report 'C is laid out by .clang-format' check_format
else
    skip 'C is laid out by .clang-format' 'clang-format-14 is not to be had here'
fi
report 'scripts parse' check_scripts
report 'every library has a row in the package table' check_packages
report 'no line ends in spaces' check_spaces
echo "1..$tests"
