#!/bin/sh
# The layer test: who may include whom, and where each foreign library lives. Prints TAP.
#
#   tests/layers.sh           check this tree, then check that planted violations are found
#   tests/layers.sh --only T  check the tree T alone
#
# Arrows point down only:  tui -> core/lab -> core/{store,route,model} -> core/{wire,nn} -> core/base
# core/limits.h may be used by all. Tests may use everything and are not looked at.
set -eu

# One row a rule: its name, and what it says.
rules() {
    cat <<'END'
down      arrows point down only
siblings  folders of one layer do not know each other
whole     a project include names its whole path
home      a foreign header is included in its home only
known     a header from outside is a system header or has a home
quiet     core/ prints nothing and never ends the program
macros    feature macros are set in meson.build only
bound     SQL is constant text: what varies is bound, never written into it
END
}

# One row a layer: its folder, and its height.
layers() {
    cat <<'END'
tui         5
core/lab    4
core/store  3
core/route  3
core/model  3
core/wire   2
core/nn     2
core/base   1
END
}

# Includes between siblings that are allowed: FROM-FILE INCLUDED-FILE REASON. None so far.
exceptions() {
    cat <<'END'
END
}

# SQL that is put together nevertheless: FILE WORD-IN-THE-LINE REASON. A pragma takes no parameter,
# and what is written into it is a number of ours.
built_sql() {
    cat <<'END'
core/store/schema.c     user_version    the number of a row in a table of constants
core/store/facts.c      views           a name in a table of constants
END
}

# One row a foreign library: a pattern for its headers, and a pattern for the files that may
# include them. SQLite has more than one file at home: the cache and the history keep their own
# statements beside the store.
homes() {
    cat <<'END'
^n?cursesw?(/|\.h)|/curses\.h|^term\.h  ^tui/screen/term\.c$
^curl/                                  ^core/wire/net\.c$
cJSON\.h$                               ^core/base/json\.c$
^sqlite3                                ^core/store/(db\.h|[a-z_0-9]*\.c)$
^pcre2                                  ^core/route/pattern\.c$
^sodium                                 ^core/base/hash\.c$
^utf8proc                               ^core/base/text\.c$
^md4c                                   ^tui/screen/markdown\.c$
^ini\.h$                                ^core/base/config\.c$
^malloc\.h$                              ^core/base/mem\.c$
cblas                                   ^core/nn/[a-z_0-9]*\.c$
END
}

# Headers of C17 and POSIX (and of the systems rlab runs on): these need no home.
system_headers='^(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|tgmath|threads|time|uchar|wchar|wctype|dirent|dlfcn|fcntl|fnmatch|ftw|getopt|glob|grp|langinfo|libgen|netdb|nl_types|paths|poll|pthread|pty|pwd|regex|sched|semaphore|spawn|sysexits|syslog|termios|unistd|util|utime|execinfo|(arpa|net|netinet|sys|mach|immintrin|arm_neon)[a-z0-9_/]*)\.h$'

# Prints "RULE FILE:LINE: what is wrong" for every violation below the current folder.
violations() {
    files=$(find core tui -name '*.[ch]' -type f 2>/dev/null | sort)
    [ -n "$files" ] || return 0
    # Tables go in as files, so that awk reads them before the sources.
    layers >"$tmp/layers"
    homes >"$tmp/homes"
    exceptions >"$tmp/exceptions"
    built_sql >"$tmp/built"
    # shellcheck disable=SC2086  # our own file names hold no spaces
    awk -v system_headers="$system_headers" '
    FILENAME ~ /\/layers$/ { height[$1] = $2; next }
    FILENAME ~ /\/homes$/ { header[++libs] = $1; home[libs] = $2; next }
    FILENAME ~ /\/exceptions$/ { allowed[$1 " " $2] = 1; next }
    FILENAME ~ /\/built$/ { built[$1] = $2; next }

    function say(rule, what) { print rule, FILENAME ":" FNR ": " what }
    function folder(path,    part) {
        split(path, part, "/")
        return part[1] == "core" ? part[1] "/" part[2] : part[1]
    }

    # What is left of a line without strings, characters and comments.
    function code(line,    out, end) {
        out = ""
        while (line != "") {
            if (in_comment) {
                end = index(line, "*/")
                if (!end) return out
                line = substr(line, end + 2)
                in_comment = 0
            } else if (match(line, /^("([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047)/)) {
                out = out "\"\""
                line = substr(line, RLENGTH + 1)
            } else if (substr(line, 1, 2) == "/*") {
                in_comment = 1
                line = substr(line, 3)
            } else if (substr(line, 1, 2) == "//") {
                return out
            } else {
                out = out substr(line, 1, 1)
                line = substr(line, 2)
            }
        }
        return out
    }

    function project_include(to,    a, b) {
        if (to !~ /^(core|tui|tests)\//) { say("whole", "includes \"" to "\""); return }
        if (to == "core/limits.h") return
        a = folder(FILENAME)
        b = folder(to)
        if (a == b) return
        if (!(b in height) || height[a] < height[b])
            say("down", "includes \"" to "\"")
        else if (height[a] == height[b] && !((FILENAME " " to) in allowed))
            say("siblings", "includes \"" to "\"")
    }

    function foreign_include(to,    i) {
        for (i = 1; i <= libs; i++) {
            if (to !~ header[i]) continue
            if (FILENAME !~ home[i])
                say("home", "includes <" to ">, which lives in " home[i])
            else if (to ~ /cblas/ && blas_file != "" && blas_file != FILENAME)
                say("home", "includes <" to ">, which lives in " blas_file " already")
            else if (to ~ /cblas/)
                blas_file = FILENAME
            return
        }
        if (to !~ system_headers) say("known", "includes <" to ">")
    }

    # The words in upper case that SQL of ours begins with, in a string that has a place to be
    # filled in, or that is put behind another one.
    function builds_sql(line) {
        if (line !~ /"[^"]*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|ATTACH|PRAGMA|VACUUM|WHERE|VALUES|ORDER BY|LIMIT) [^"]*"/)
            return 0
        if (FILENAME in built && index(line, built[FILENAME])) return 0
        return line ~ /"[^"]*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|ATTACH|PRAGMA|VACUUM|WHERE|VALUES|ORDER BY|LIMIT) [^"]*%[-+ 0-9.*l]*[sdiuxzcl]/ ||
            line ~ /(printf|arena_format|buf_puts|buf_add|strcat|strcpy)[ \t]*\(/
    }

    FNR == 1 { in_comment = 0 }
    {
        if (FILENAME ~ /^core\// && !in_comment && builds_sql($0)) say("bound", $0)
        text = code($0)
        if (text ~ /^[ \t]*#[ \t]*include/) {
            if (match($0, /"[^"]*"/)) project_include(substr($0, RSTART + 1, RLENGTH - 2))
            else if (match($0, /<[^>]*>/)) foreign_include(substr($0, RSTART + 1, RLENGTH - 2))
            next
        }
        if (text ~ /^[ \t]*#[ \t]*define[ \t]+_(GNU|POSIX|XOPEN|DEFAULT|BSD|DARWIN|ALL)_(C_)?SOURCE/)
            say("macros", $0)
        # mem.c ends the program when memory is out: the one place that may speak and leave.
        # abort is not looked for: like assert, it is for promises broken between our own functions.
        if (FILENAME ~ /^core\// && FILENAME != "core/base/mem.c" &&
            text ~ /(^|[^A-Za-z0-9_.>])((v?printf|puts|putchar|perror|_?exit|_Exit|quick_exit)[ \t]*\(|stdout|stderr)/)
            say("quiet", $0)
    }' "$tmp/layers" "$tmp/homes" "$tmp/exceptions" "$tmp/built" $files
}

# One TAP line a rule for the tree in the current folder.
check_tree() {
    violations >"$tmp/found"
    rules | while read -r rule words; do
        at=$(($(cat "$tmp/count") + 1))
        echo "$at" >"$tmp/count"
        if grep -q "^$rule " "$tmp/found"; then
            echo "not ok $at - $words"
            sed -n "s/^$rule /# /p" "$tmp/found"
        else
            echo "ok $at - $words"
        fi
    done
}

# One row a planted violation: the rule that must find it ("none": it must pass), the file it is
# planted in, the line.
plants() {
    cat <<'END'
down      core/base/a.c        #include "core/wire/net.h"
down      core/wire/a.c        #include "core/route/rules.h"
down      core/model/a.c       #include "core/lab/pipeline.h"
down      core/lab/a.h         #include "tui/screen/term.h"
down      core/nn/a.c          #include "tests/test.h"
siblings  core/store/a.c       #include "core/route/rules.h"
siblings  core/route/a.c       #include "core/model/model.h"
siblings  core/wire/a.c        #include "core/nn/tensor.h"
whole     core/base/a.c        #include "text.h"
home      tui/pane/a.c         #include <curses.h>
home      tui/pane/a.c         #include <ncursesw/curses.h>
home      core/model/a.c       #  include <curl/curl.h>
home      core/model/a.c       #include <cjson/cJSON.h>
home      core/lab/a.c         #include <sqlite3.h>
home      core/store/store.h   #include <sqlite3.h>
home      core/lab/a.c         #include <pcre2.h>
home      core/store/a.c       #include <sodium.h>
home      core/lab/a.c         #include <utf8proc.h>
home      tui/pane/a.c         #include <md4c.h>
home      core/lab/a.c         #include <ini.h>
home      core/lab/a.c         #include <cblas.h>
known     core/base/a.c        #include <openssl/evp.h>
quiet     core/lab/a.c         printf("hello");
quiet     core/lab/a.c         if (bad) exit(1);
quiet     core/lab/a.c         fputs("x", stderr);
macros    core/base/a.c        #define _GNU_SOURCE
macros    tui/a.c              # define _POSIX_C_SOURCE 200809L
bound     core/store/a.c       buf_printf(&b, "SELECT x FROM t WHERE id = %d", id);
bound     core/store/a.c       arena_format(a, "DELETE FROM %s WHERE x", table);
bound     core/store/a.c       buf_puts(&sql, " ORDER BY id DESC");
bound     core/lab/a.c         snprintf(sql, n, "PRAGMA user_version = %d", v);
none      core/store/schema.c  snprintf(mark, sizeof mark, "PRAGMA user_version = %d", to);
none      core/store/a.c       query_open(db, "SELECT x FROM t WHERE id = ?", &q, err);
none      core/store/a.c       error_set(err, ERR_STORE, "%s is not to be DELETED", name);
none      tui/pane/a.c         #include "core/base/text.h"
none      core/lab/a.c         #include "core/wire/net.h"
none      core/base/a.c        #include "core/limits.h"
none      core/store/cache.c   #include <sqlite3.h>
none      core/base/mem.c      exit(3);
none      core/lab/a.c         snprintf(s, n, "printf(%d)", 1); /* never exit() */
none      core/lab/a.c         run.exit(1); r->puts(2); atexit(f);
none      tui/verb/a.c         printf("an answer");
END
}

# Plants each violation alone in an empty tree: its rule must fail there, and no other.
check_plants() {
    plants | while read -r rule file line; do
        at=$(($(cat "$tmp/count") + 1))
        echo "$at" >"$tmp/count"
        rm -rf "$tmp/tree"
        mkdir -p "$tmp/tree/$(dirname "$file")"
        printf '%s\n' "$line" >"$tmp/tree/$file"
        found=$(cd "$tmp/tree" && violations | cut -d ' ' -f 1)
        if [ "${found:-none}" = "$rule" ]; then
            echo "ok $at - $rule: $line in $file"
        else
            echo "not ok $at - $rule: $line in $file"
            echo "# found by: ${found:-nothing}"
        fi
    done
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
echo 0 >"$tmp/count"

if [ "${1:-}" = --only ]; then
    cd "$2"
    check_tree
else
    cd "$(dirname "$0")/.."
    check_tree
    check_plants
fi
echo "1..$(cat "$tmp/count")"
