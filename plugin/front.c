/* libprofinst.so: what users name in -fplugin=. It holds no LLVM of its own. Loaded into a clang of
 * any version, it asks the process which LLVM that is and loads the back end made for it,
 * libprofinst-clang-<major>.so, from where it stands itself. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char own_name[] = "libprofinst.so"; /* and an address of its own */

/* The major version in the file name of a shared libLLVM: libLLVM-14.so.1, libLLVM.so.19.1. */
static int find_libllvm(struct dl_phdr_info *info, size_t size, void *data)
{
    const char *name = info->dlpi_name ? strrchr(info->dlpi_name, '/') : NULL;
    unsigned *major = data;
    (void)size;
    return name &&
           (sscanf(name, "/libLLVM-%u", major) == 1 || sscanf(name, "/libLLVM.so.%u", major) == 1);
}

/* The major version of the LLVM in this process, 0 if it cannot be told. */
static unsigned llvm_version(void)
{
    unsigned major = 0, minor, patch;
    void *symbol = dlsym(RTLD_DEFAULT, "LLVMGetVersion"); /* there since LLVM 16 */
    if (symbol) {
        void (*get_version)(unsigned *, unsigned *, unsigned *);
        memcpy(&get_version, &symbol, sizeof symbol);
        get_version(&major, &minor, &patch);
    } else {
        dl_iterate_phdr(find_libllvm, &major);
    }
    return major;
}

/* Lists the versions for which there is a back end in the folder, as "14, 16". */
static void list_versions(const char *folder, char *list, size_t size)
{
    char pattern[PATH_MAX];
    glob_t found;
    size_t used = 0;
    snprintf(pattern, sizeof pattern, "%s/libprofinst-clang-*.so", folder);
    snprintf(list, size, "none");
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc && used < size; i++) {
        unsigned version = 0;
        sscanf(strrchr(found.gl_pathv[i], '/'), "/libprofinst-clang-%u.so", &version);
        used += (size_t)snprintf(list + used, size - used, "%s%u", i ? ", " : "", version);
    }
    globfree(&found);
}

static __attribute__((constructor)) void load_back_end(void)
{
    Dl_info self;
    char own_path[PATH_MAX], path[PATH_MAX + 64], versions[256];
    unsigned version = llvm_version();
    if (!dladdr(own_name, &self) || !realpath(self.dli_fname, own_path)) {
        fprintf(stderr, "profinst: cannot tell where %s stands\n", own_name);
        exit(1);
    }
    const char *folder = dirname(own_path);
    snprintf(path, sizeof path, "%s/libprofinst-clang-%u.so", folder, version);
    if (dlopen(path, RTLD_NOW | RTLD_LOCAL))
        return;
    const char *why = dlerror();
    list_versions(folder, versions, sizeof versions);
    if (version == 0)
        fprintf(
            stderr,
            "profinst: cannot tell the LLVM version of this compiler (is it a clang?); back ends "
            "in %s: %s\n",
            folder, versions);
    else if (access(path, F_OK) != 0)
        fprintf(stderr,
                "profinst: no back end for the LLVM %u of this compiler in %s, which has: %s; to "
                "make it, install llvm-%u-dev and libclang-%u-dev and build profinst again\n",
                version, folder, versions, version, version);
    else
        fprintf(stderr, "profinst: cannot load the back end for LLVM %u: %s\n", version, why);
    /* A plugin has no other way to refuse: without this the program would be built unprofiled. */
    exit(1);
}
