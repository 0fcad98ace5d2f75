#include "place.h"
#include <llvm-c/DebugInfo.h>
#include <stdio.h>

/* The file as debug information has it, written to `path`. */
static void file_of_debug_info(LLVMMetadataRef subprogram, char *path, size_t size)
{
    unsigned name_length, folder_length;
    LLVMMetadataRef file = LLVMDIScopeGetFile(subprogram);
    *path = '\0';
    if (!file)
        return;
    const char *name = LLVMDIFileGetFilename(file, &name_length);
    const char *folder = LLVMDIFileGetDirectory(file, &folder_length);
    if (name_length == 0 || name[0] == '/' || folder_length == 0)
        folder_length = 0;
    snprintf(path, size, "%.*s%s%.*s", (int)folder_length, folder, folder_length ? "/" : "",
             (int)name_length, name);
}

/* The line of debug information is the best: it tells lambdas of one type apart. The file is best
 * as the user wrote it in the command. */
struct source_place place_of(LLVMValueRef function, const struct source_place *place, char *path,
                             size_t size)
{
    LLVMMetadataRef subprogram = LLVMGetSubprogram(function);
    struct source_place best = place ? *place : (struct source_place){.file = ""};
    if (subprogram) {
        best.line = LLVMDISubprogramGetLine(subprogram);
        if (!place) {
            file_of_debug_info(subprogram, path, size);
            best.file = path;
        }
    }
    return best;
}
