/* The database and what was chosen (doctor.h). */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/config_key.h"
#include "tui/verb/doctor.h"

/* --- database ------------------------------------------------------------------------------------ */

/* The newest database that was moved aside, by the time in its name. */
static const char *last_aside(struct doctor *d, size_t *ret_count)
{
    static const char start[] = "rlab.db.damaged-";
    const char *last = NULL;
    const struct dirent *e;
    DIR *folder = opendir(d->paths.data_dir);
    *ret_count = 0;
    while (folder && (e = readdir(folder))) {
        size_t len = strlen(e->d_name);
        bool part = len > 4 && (strcmp(e->d_name + len - 4, "-wal") == 0 ||
                                strcmp(e->d_name + len - 4, "-shm") == 0);
        if (part || strncmp(e->d_name, start, sizeof start - 1) != 0)
            continue;
        ++*ret_count;
        if (!last || strcmp(e->d_name, last) > 0)
            last = doctor_text(d, "%s", e->d_name);
    }
    if (folder)
        closedir(folder);
    return last ? doctor_text(d, "%s/%s", d->paths.data_dir, last) : NULL;
}

static void check_aside(struct doctor *d)
{
    size_t count;
    char bytes[SECONDS_SIZE];
    struct stat st;
    const char *last = last_aside(d, &count);
    if (!last)
        return;
    doctor_note(
        d, (struct finding){ .area = "database",
                             .what = "moved aside",
                             .found = doctor_text(
                                 d, "%s, %s%s", last,
                                 bytes_text(stat(last, &st) == 0 ? (int64_t)st.st_size : -1, bytes),
                                 count > 1 ? doctor_text(d, " (and %zu earlier)", count - 1) : ""),
                             .todo = "it was damaged and is kept; remove it when nothing in it is "
                                     "wanted" });
}

static void check_file(struct doctor *d)
{
    struct store *store = d->session->lab.store;
    struct store_facts facts;
    char bytes[SECONDS_SIZE];
    const char *trouble = store_trouble(store);
    store_facts(store, &facts);
    struct finding f = { .area = "database", .what = "database", .code = EXIT_DATABASE };
    if (trouble) {
        f.health = store_has_file(store) ? HEALTH_WARN : HEALTH_BAD;
        f.found = trouble;
        f.todo = store_has_file(store) ? "what is there can be read; nothing new is recorded"
                                       : "answers are given but not recorded; another folder: "
                                         "RLAB_DATA_DIR or --data-dir";
    } else {
        int others = store_others(store);
        f.found = doctor_text(
            d, "%s, %s, version %d, %s%s", d->paths.database, bytes_text(facts.bytes, bytes),
            facts.version, facts.wal ? "write-ahead log" : "rollback journal",
            others ? doctor_text(d, ", open in %d other rlab%s", others, others == 1 ? "" : "s")
                   : "");
    }
    doctor_note(d, f);
    if (store_notice(store))
        doctor_note(d, (struct finding){ .area = "database",
                                         .what = "note",
                                         .found = store_notice(store),
                                         .health = HEALTH_WARN });
    if (!store_keeps_history(store))
        doctor_note(d, (struct finding){ .area = "database",
                                         .what = "history",
                                         .found = "off for this command (--no-history)" });
}

/* --- settings ------------------------------------------------------------------------------------ */

static void check_rules(struct doctor *d)
{
    struct lab *lab = &d->session->lab;
    struct error err;
    const char *origin, *name = lab_setting(lab, "ask.rules", &origin);
    struct finding f = { .area = "settings", .what = "rules", .code = EXIT_MISUSE };
    if (name && !lab_use_rules(lab, name, &err)) {
        f.health = HEALTH_BAD;
        f.found = doctor_text(d, "%s (%s)", err.text, origin);
        f.todo = "correct the file, or take others: rlab rules use basic";
    } else {
        f.found = doctor_text(d, "%s (%s)", rules_name(lab->rules), origin);
    }
    doctor_note(d, f);
}

/* Whatever is not as it comes, and who said so. */
static void check_settings(struct doctor *d)
{
    const struct config_key *k;
    size_t usual = 0;
    for (size_t i = 0; (k = config_key_at(i)); i++) {
        if (config_section_find(k->section)->named)
            continue;
        const char *key = doctor_text(d, "%s.%s", k->section, k->name), *origin;
        const char *value = lab_setting(&d->session->lab, key, &origin);
        usual += strcmp(origin, "default") == 0;
        if (strcmp(origin, "default") != 0)
            doctor_note(d, (struct finding){
                               .area = "settings",
                               .what = key,
                               .found = doctor_text(d, "%s (%s)", value ? value : "-", origin) });
    }
    doctor_note(
        d, (struct finding){ .area = "settings",
                             .what = "others",
                             .found = doctor_text(d, "%zu settings are at their default", usual) });
}

void doctor_database(struct doctor *d)
{
    check_file(d);
    check_aside(d);
    check_rules(d);
    check_settings(d);
}
