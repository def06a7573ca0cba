/* Runs a fuzz target over files kept from earlier: PROGRAM FILE... A crash is the failure. */
#include <stdint.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct error err;
        struct buf b = buf_with_max(MAX_FILE_BYTES);
        if (!file_read(argv[i], MAX_FILE_BYTES, &b, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len);
        buf_done(&b);
    }
    printf("%d inputs\n", argc - 1);
    return argc > 1 ? 0 : 1;
}
