/* Graphics cards (gpu.h). Home of dlopen.
 *
 * The loop and a reading share one struct, handed to and fro by `state`: while it is READING only
 * the thread touches the rest, else only the loop does. Whoever lets go of it last frees it, so
 * that a thread stuck in the driver keeps what it writes to. */
#include "core/lab/gpu.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

#define USUAL_LIBRARY "libnvidia-ml.so.1"

/* --- what is used of the library: names and shapes as its manual gives them ------------------- */

typedef void *card_handle;

struct card_memory {
    unsigned long long total, free, used;
};

struct card_use {
    unsigned gpu, memory; /* percent */
};

#define CARD_OK          0 /* what every call returns when it went well */
#define CARD_SENSOR_CORE 0

struct library {
    void *file;
    int (*init)(void);
    int (*shutdown)(void);
    int (*count)(unsigned *ret);
    int (*handle)(unsigned index, card_handle *ret);
    int (*name)(card_handle c, char *ret, unsigned size);
    int (*memory)(card_handle c, struct card_memory *ret);
    int (*use)(card_handle c, struct card_use *ret);
    int (*temperature)(card_handle c, int sensor, unsigned *ret);
    int (*power)(card_handle c, unsigned *ret_mw);
};

/* Where a function's address goes, by its name; those that are not `must` may be missing. */
static const struct {
    const char *name;
    size_t at;
    bool must;
} functions[] = {
    { "nvmlInit_v2", offsetof(struct library, init), true },
    { "nvmlShutdown", offsetof(struct library, shutdown), true },
    { "nvmlDeviceGetCount_v2", offsetof(struct library, count), true },
    { "nvmlDeviceGetHandleByIndex_v2", offsetof(struct library, handle), true },
    { "nvmlDeviceGetName", offsetof(struct library, name), false },
    { "nvmlDeviceGetMemoryInfo", offsetof(struct library, memory), false },
    { "nvmlDeviceGetUtilizationRates", offsetof(struct library, use), false },
    { "nvmlDeviceGetTemperature", offsetof(struct library, temperature), false },
    { "nvmlDeviceGetPowerUsage", offsetof(struct library, power), false },
};

enum { IDLE, READING, READ };

struct gpu_watch {
    atomic_int state, holders;
    char *path;
    struct library library;
    bool tried, works; /* the opening */
    struct gpus got;
};

/* --- the thread's side ------------------------------------------------------------------------ */

static void close_library(struct gpu_watch *w)
{
    if (w->works)
        w->library.shutdown();
    if (w->library.file)
        dlclose(w->library.file);
    w->library = (struct library){ 0 };
    w->works = false;
}

static bool find_functions(struct library *l)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *found = dlsym(l->file, functions[i].name);
        if (!found && functions[i].must)
            return false;
        memcpy((char *)l + functions[i].at, &found, sizeof found);
    }
    return true;
}

/* Once: a driver that is installed later is found by the next start. */
static void open_library(struct gpu_watch *w)
{
    w->tried = true;
    w->library.file = dlopen(w->path, RTLD_NOW | RTLD_LOCAL);
    if (!w->library.file)
        return;
    w->works = find_functions(&w->library) && w->library.init() == CARD_OK;
    if (!w->works)
        close_library(w);
}

static void read_card(const struct library *l, card_handle card, struct gpu *g)
{
    struct card_memory memory;
    struct card_use use;
    unsigned v;
    *g = (struct gpu){
        .total_bytes = -1, .used_bytes = -1, .use_percent = -1, .celsius = -1, .watts = -1
    };
    if (!l->name || l->name(card, g->name, sizeof g->name) != CARD_OK)
        g->name[0] = '\0';
    g->name[sizeof g->name - 1] = '\0';
    if (l->memory && l->memory(card, &memory) == CARD_OK && memory.used <= memory.total &&
        memory.total <= INT64_MAX) {
        g->total_bytes = (int64_t)memory.total;
        g->used_bytes = (int64_t)memory.used;
    }
    if (l->use && l->use(card, &use) == CARD_OK && use.gpu <= 100)
        g->use_percent = (int)use.gpu;
    if (l->temperature && l->temperature(card, CARD_SENSOR_CORE, &v) == CARD_OK && v < 1000)
        g->celsius = (int)v;
    if (l->power && l->power(card, &v) == CARD_OK)
        g->watts = v / 1000.0;
}

static void add_up(struct gpus *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct gpu *g = &all->gpu[i];
        bool told = g->total_bytes >= 0 && all->total_bytes >= 0;
        all->total_bytes = told ? all->total_bytes + g->total_bytes : -1;
        all->used_bytes = told ? all->used_bytes + g->used_bytes : -1;
    }
}

static void read_cards(struct gpu_watch *w)
{
    struct gpus *got = &w->got;
    int64_t before = clock_mono(clock_real());
    unsigned count = 0;
    *got = (struct gpus){ 0 };
    if (!w->tried)
        open_library(w);
    if (w->works && w->library.count(&count) != CARD_OK)
        count = 0;
    for (unsigned i = 0; i < count && got->count < GPU_MOST; i++) {
        card_handle card;
        if (w->library.handle(i, &card) == CARD_OK)
            read_card(&w->library, card, &got->gpu[got->count++]);
    }
    add_up(got);
    got->took_s = clock_seconds(clock_mono(clock_real()) - before);
}

static void let_go(struct gpu_watch *w)
{
    if (atomic_fetch_sub(&w->holders, 1) > 1)
        return;
    close_library(w);
    mem_free(w->path);
    mem_free(w);
}

static void *reading(void *arg)
{
    struct gpu_watch *w = arg;
    read_cards(w);
    atomic_store(&w->state, READ);
    let_go(w);
    return NULL;
}

/* --- the loop's side -------------------------------------------------------------------------- */

struct gpu_watch *gpu_watch_new(const char *library)
{
    const char *other = getenv("RLAB_NVML");
    struct gpu_watch *w = mem_new(struct gpu_watch, 1);
    atomic_init(&w->state, IDLE);
    atomic_init(&w->holders, 1);
    w->path = mem_string(library ? library : other && *other ? other : USUAL_LIBRARY);
    return w;
}

void gpu_watch_free(struct gpu_watch *w)
{
    if (w)
        let_go(w);
}

/* Signals are the loop's: the thread takes none. */
static bool start_thread(struct gpu_watch *w)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&thread, &attr, reading, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return ok;
}

void gpu_watch_ask(struct gpu_watch *w)
{
    if (atomic_load(&w->state) == READING || (w->tried && !w->works))
        return;
    atomic_store(&w->state, READING);
    atomic_fetch_add(&w->holders, 1);
    if (start_thread(w))
        return;
    atomic_fetch_sub(&w->holders, 1);
    atomic_store(&w->state, IDLE);
}

bool gpu_watch_take(struct gpu_watch *w, struct gpus *ret)
{
    if (atomic_load(&w->state) != READ)
        return false;
    *ret = w->got;
    atomic_store(&w->state, IDLE);
    return true;
}

bool gpu_watch_is_reading(const struct gpu_watch *w)
{
    return atomic_load(&w->state) == READING;
}
