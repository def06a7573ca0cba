/* A management library of nobody's: plays the one that comes with a driver of graphics cards, as
 * the environment says.
 *
 *   FAKE_GPUS=N      cards there are (2)
 *   FAKE_GPU_MS=N    how long each reading of a card takes
 *   FAKE_GPU_FAILS=WORD  "init", "count", "handle", or "all": every figure but the name */
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct memory {
    unsigned long long total, free, used;
};

struct rates {
    unsigned gpu, memory;
};

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetCount_v2(unsigned *ret);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **ret);
int nvmlDeviceGetName(void *card, char *ret, unsigned size);
int nvmlDeviceGetMemoryInfo(void *card, struct memory *ret);
int nvmlDeviceGetUtilizationRates(void *card, struct rates *ret);
int nvmlDeviceGetTemperature(void *card, int sensor, unsigned *ret);
int nvmlDeviceGetPowerUsage(void *card, unsigned *ret);

static int number(const char *name, int usual)
{
    const char *v = getenv(name);
    return v && *v ? atoi(v) : usual;
}

static int fails(const char *what)
{
    const char *v = getenv("FAKE_GPU_FAILS");
    return v && strcmp(v, what) == 0 ? 999 : 0;
}

static int cards[64];

int nvmlInit_v2(void)
{
    return fails("init");
}

int nvmlShutdown(void)
{
    return 0;
}

int nvmlDeviceGetCount_v2(unsigned *ret)
{
    *ret = (unsigned)number("FAKE_GPUS", 2);
    return fails("count");
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **ret)
{
    *ret = &cards[index % 64];
    return fails("handle");
}

int nvmlDeviceGetName(void *card, char *ret, unsigned size)
{
    int ms = number("FAKE_GPU_MS", 0);
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
    strncpy(ret, card == cards ? "Fake \x1b[31m 9000" : "Fake 100", size);
    return 0;
}

int nvmlDeviceGetMemoryInfo(void *card, struct memory *ret)
{
    (void)card;
    *ret = (struct memory){ 24ULL << 30, 4ULL << 30, 20ULL << 30 };
    return fails("all");
}

int nvmlDeviceGetUtilizationRates(void *card, struct rates *ret)
{
    *ret = (struct rates){ card == cards ? 91 : 7, 50 };
    return fails("all");
}

int nvmlDeviceGetTemperature(void *card, int sensor, unsigned *ret)
{
    (void)card;
    *ret = 64;
    return sensor == 0 ? fails("all") : 2;
}

int nvmlDeviceGetPowerUsage(void *card, unsigned *ret)
{
    (void)card;
    *ret = 71500;
    return fails("all");
}
