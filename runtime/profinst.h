/* For programs that are profiled: which of their functions are, and by what name. In front of a
 * declaration or definition, or of both:
 *
 *   PROFINST_NEVER static inline int hash(const char *text);
 *   PROFINST_ALWAYS PROFINST_NAME("the lexer") int lex_3(void);
 *
 * They are stronger than every rule that the plugin is given. Compiled without it, by whatever
 * compiler, they leave nothing behind. */
#ifndef PROFINST_H
#define PROFINST_H

/* Clang keeps swift_attr for others to read, and generates no code for it. */
#if defined(__clang__) && defined(__has_attribute)
#if __has_attribute(swift_attr)
#define PROFINST_ATTRIBUTE(text) __attribute__((swift_attr("profinst:" text)))
#endif
#endif
#ifndef PROFINST_ATTRIBUTE
#define PROFINST_ATTRIBUTE(text)
#endif

#define PROFINST_ALWAYS PROFINST_ATTRIBUTE("always")
#define PROFINST_NEVER PROFINST_ATTRIBUTE("never")
#define PROFINST_NAME(name) PROFINST_ATTRIBUTE("name=" name) /* a string literal: to be shown */

#endif
