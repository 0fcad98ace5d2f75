#include "common.h"
#include "many.h"

int main(void)
{
    ALL(CALL)
    ALL(CALL)
    return 0;
}
