/* 1,500 functions, to be called once each: more than the first chunks of a profile hold. ALL(X) is X(100)
 * to X(1599). */
#ifndef MANY_H
#define MANY_H

#define MANY 1500
#define TEN(X, n) X(n##0) X(n##1) X(n##2) X(n##3) X(n##4) X(n##5) X(n##6) X(n##7) X(n##8) X(n##9)
#define HUNDRED(X, n) TEN(X, n##0) TEN(X, n##1) TEN(X, n##2) TEN(X, n##3) TEN(X, n##4) \
    TEN(X, n##5) TEN(X, n##6) TEN(X, n##7) TEN(X, n##8) TEN(X, n##9)
#define ALL(X) HUNDRED(X, 1) HUNDRED(X, 2) HUNDRED(X, 3) HUNDRED(X, 4) HUNDRED(X, 5) HUNDRED(X, 6) \
    HUNDRED(X, 7) HUNDRED(X, 8) HUNDRED(X, 9) HUNDRED(X, 10) HUNDRED(X, 11) HUNDRED(X, 12) \
    HUNDRED(X, 13) HUNDRED(X, 14) HUNDRED(X, 15)

#define DEFINE(n) NOINLINE static void many_##n(void) { TOUCH(); }
#define CALL(n) many_##n();
ALL(DEFINE)

#endif
