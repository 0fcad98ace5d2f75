/* The tree while it is put together; see tree.c. */
#ifndef PROFINST_ANALYZER_TREE_DRAFT_H
#define PROFINST_ANALYZER_TREE_DRAFT_H

#include "tree.h"

/* What a node is of, below its parent: a function, or one of these. */
enum tree_kind { TREE_FUNCTION, TREE_GROUP, TREE_FOLDED };

struct tree_draft {
    struct tree_node
        node; /* its parent is a draft that stands before it, its function one of all */
    enum tree_kind kind;
    int64_t id; /* of the function or of the group */
};

/* Sums up cumulative times, and puts the nodes into the order of reading: each before its children,
 * those before its next sibling, the larger siblings first. What has neither calls nor time, nor
 * anything below that has, is left out. `places` is set to where each draft went, TREE_NONE:
 * nowhere; it may be NULL. */
void tree_order(struct tree *tree, struct tree_draft *drafts, size_t count, uint32_t *places);

#endif
