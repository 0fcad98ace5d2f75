/* The page as the build makes it of analyzer/web, before and behind the data. */
    .section .rodata
    .globl page_head, page_head_end, page_tail, page_tail_end
    .hidden page_head, page_head_end, page_tail, page_tail_end
page_head:
    .incbin PAGE_HEAD
page_head_end:
page_tail:
    .incbin PAGE_TAIL
page_tail_end:
    .section .note.GNU-stack, "", %progbits
