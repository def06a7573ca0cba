/* Figures and times in words (words.h). */
#include "tui/screen/words.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/route/level.h"

const char *level_letter(const char *level)
{
    static const char letters[][2] = { "S", "M", "C" };
    enum level l;
    return level && level_from_name(level, &l) ? letters[l] : "-";
}

const char *when_text(int64_t wall_ns, int64_t now_wall_ns, char ret[WHEN_SIZE])
{
    time_t then = (time_t)(wall_ns / NS_PER_S), now = (time_t)(now_wall_ns / NS_PER_S);
    struct tm t, today;
    bool known = wall_ns && localtime_r(&then, &t) && localtime_r(&now, &today);
    bool same_day = known && t.tm_year == today.tm_year && t.tm_yday == today.tm_yday;
    bool this_week = known && then <= now && now - then < 6 * 24 * 3600;
    size_t len = !known      ? 0
                 : same_day  ? strftime(ret, WHEN_SIZE, "%H:%M", &t)
                 : this_week ? strftime(ret, WHEN_SIZE, "%a %H:%M", &t)
                             : strftime(ret, WHEN_SIZE, "%Y-%m-%d", &t);
    if (!len)
        snprintf(ret, WHEN_SIZE, "-");
    return ret;
}

const char *age_text(int64_t since_wall, int64_t now_wall, char ret[WORDS])
{
    static const struct {
        double seconds, below;
        const char *unit;
    } units[] = { { 1, 120, "s" }, { 60, 120 * 60, "min" }, { 3600, 48 * 3600, "h" } };
    double age = clock_seconds(now_wall - since_wall);
    age = age > 0 ? age : 0;
    snprintf(ret, WORDS, "%.0f days", floor(age / (24 * 3600)));
    for (size_t i = sizeof units / sizeof *units; i-- > 0;)
        if (age < units[i].below)
            snprintf(ret, WORDS, "%.0f %s", floor(age / units[i].seconds), units[i].unit);
    return ret;
}

const char *brief_seconds(double s, char ret[WORDS])
{
    if (!isfinite(s))
        snprintf(ret, WORDS, "-");
    else if (s == 0)
        snprintf(ret, WORDS, "0 s");
    else if (s < 0.0000005)
        snprintf(ret, WORDS, "<1 us");
    else if (s < 0.0000995)
        snprintf(ret, WORDS, "%.0f us", s * 1e6);
    else if (s < 0.0995)
        snprintf(ret, WORDS, "%.1f ms", s * 1e3);
    else if (s < 599.95)
        snprintf(ret, WORDS, "%.1f s", s);
    else
        snprintf(ret, WORDS, "%d min %d s", (int)(s / 60), (int)s % 60);
    return ret;
}

const char *count_text(int64_t n, char ret[WORDS])
{
    char digits[WORDS];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n), to = 0;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
            ret[to++] = ',';
        ret[to++] = digits[i];
    }
    ret[to] = '\0';
    return ret;
}

const char *size_text(int64_t bytes, char ret[WORDS])
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
    double v = (double)bytes;
    size_t u = 0;
    while (v >= 1023.5 && u + 1 < sizeof units / sizeof *units) {
        v /= 1024;
        u++;
    }
    if (bytes < 0)
        snprintf(ret, WORDS, "-");
    else
        snprintf(ret, WORDS, u ? "%.1f %s" : "%.0f %s", v, units[u]);
    return ret;
}
