#include "place.h"
#include <llvm-c/DebugInfo.h>
#include <stdio.h>
#include <string.h>

/* The file as debug information has it. */
static const char *file_of(LLVMMetadataRef file)
{
    char path[4096];
    unsigned name_length, folder_length;
    if (!file)
        return "";
    const char *name = LLVMDIFileGetFilename(file, &name_length);
    const char *folder = LLVMDIFileGetDirectory(file, &folder_length);
    if (name_length == 0 || name[0] == '/' || folder_length == 0)
        folder_length = 0;
    snprintf(path, sizeof path, "%.*s%s%.*s", (int)folder_length, folder, folder_length ? "/" : "",
             (int)name_length, name);
    return sources_keep(path);
}

/* The line of debug information is the best: it tells lambdas of one type apart. The file is best
 * as the user wrote it in the command. */
struct source_place place_of(LLVMValueRef function)
{
    size_t length;
    const char *name = LLVMGetValueName2(function, &length);
    const struct source_place *known = sources_known() ? sources_find(name) : NULL;
    LLVMMetadataRef subprogram = LLVMGetSubprogram(function);
    struct source_place place = known ? *known : (struct source_place){.file = ""};
    if (subprogram && LLVMDISubprogramGetLine(subprogram)) {
        place.line = LLVMDISubprogramGetLine(subprogram);
        if (!known)
            place.file = file_of(LLVMDIScopeGetFile(subprogram));
    }
    return place;
}

/* Debug information has a path as it was given, and the folder that it is seen from; but of one
 * given in full the part that it has in common with the working directory as that folder. */
const char *place_file(LLVMMetadataRef file, LLVMMetadataRef own, const char *own_path)
{
    unsigned length, own_length;
    if (!file || own_path[0] == '/')
        return file_of(file);
    const char *folder = LLVMDIFileGetDirectory(file, &length);
    const char *own_folder = own ? LLVMDIFileGetDirectory(own, &own_length) : NULL;
    if (!own_folder || length != own_length || memcmp(folder, own_folder, length) != 0)
        return file_of(file);
    const char *name = LLVMDIFileGetFilename(file, &length);
    char path[4096];
    snprintf(path, sizeof path, "%.*s", (int)length, name);
    return sources_keep(path);
}
