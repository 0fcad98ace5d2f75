/* The pages as the build makes them of analyzer/web, before and behind the data: struct page_shell. */
    .macro shell name, files
    .section .rodata
head_of_\name:
    .incbin "\files\()_head.html"
tail_of_\name:
    .incbin "\files\()_tail.html"
end_of_\name:
    .section .data.rel.ro, "aw"
    .balign 8
    .globl page_of_\name
    .hidden page_of_\name
page_of_\name:
    .quad head_of_\name, tail_of_\name, tail_of_\name, end_of_\name
    .endm

    shell profile, page
    shell diff, diff
    .section .note.GNU-stack, "", %progbits
