/* Of sites.c and sites_2.c. */
#ifndef SITES_H
#define SITES_H

void leaf(int n);
void elsewhere(void);
void elsewhere_by_another_name(void);

static inline NOINLINE int in_header(int n)
{
    leaf(n); // site: in_header -> leaf direct 2/1 exact
    TOUCH();
    return n + 1;
}

#endif
