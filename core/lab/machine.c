/* Memory of this machine (machine.h). */
#include "core/lab/machine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/limits.h"

int64_t machine_line(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = text; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, name, len) != 0 || at[len] != ':')
            continue;
        char *end;
        long long kib = strtoll(at + len + 1, &end, 10);
        bool whole = end != at + len + 1 && kib >= 0 && kib <= INT64_MAX / 1024;
        return whole ? (int64_t)kib * 1024 : -1;
    }
    return -1;
}

/* One number in a file, or -1 ("max" included). */
static int64_t number_in(const char *path)
{
    struct buf text = { 0 };
    struct error ignored;
    int64_t v = -1;
    if (file_exists(path) && file_read(path, 64 * KIB, &text, &ignored)) {
        char *end;
        long long n = strtoll(buf_text(&text), &end, 10);
        if (end != buf_text(&text) && n >= 0)
            v = n;
    }
    buf_done(&text);
    return v;
}

static void look_at_container(struct machine_memory *m)
{
    int64_t limit = number_in("/sys/fs/cgroup/memory.max");
    int64_t used = number_in("/sys/fs/cgroup/memory.current");
    if (limit < 0 || (m->total >= 0 && limit >= m->total))
        return;
    m->contained = true;
    m->total = limit;
    int64_t left = used < 0 || used > limit ? 0 : limit - used;
    if (m->available < 0 || left < m->available)
        m->available = left;
}

struct machine_memory machine_memory(void)
{
    struct machine_memory m = { .total = -1, .available = -1 };
    struct buf text = { 0 };
    struct error ignored;
    if (file_exists("/proc/meminfo") && file_read("/proc/meminfo", 64 * KIB, &text, &ignored)) {
        m.total = machine_line(buf_text(&text), "MemTotal");
        m.available = machine_line(buf_text(&text), "MemAvailable");
    }
    buf_done(&text);
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (m.total < 0 && pages > 0 && page > 0) /* no /proc: macOS and others */
        m.total = (int64_t)pages * page;
    look_at_container(&m);
    return m;
}
