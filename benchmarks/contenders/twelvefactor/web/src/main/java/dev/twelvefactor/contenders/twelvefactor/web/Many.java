package dev.twelvefactor.contenders.twelvefactor.web;

/** Five hundred settings, for those who want to see what settings cost a start. */
record Many(Fifty a, Fifty b, Fifty c, Fifty d, Fifty e, Fifty f, Fifty g, Fifty h, Fifty i, Fifty j) {}
