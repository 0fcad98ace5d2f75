/* loader LIBRARY FUNCTION ROUNDS CALLS: loads the library, calls the function, unloads it, again and
 * again. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    if (count != 5)
        return 2;
    for (int round = atoi(arguments[3]); round > 0; round--) {
        void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
        if (!library) {
            fprintf(stderr, "%s\n", dlerror());
            return 3;
        }
        int (*function)(int);
        *(void **)&function = dlsym(library, arguments[2]);
        for (int i = atoi(arguments[4]); i > 0; i--)
            function(2);
        dlclose(library);
        if (dlopen(arguments[1], RTLD_NOW | RTLD_NOLOAD)) {
            fprintf(stderr, "still loaded\n");
            return 4;
        }
    }
    return 0;
}
