/** 0 done, 1 failed, 2 the call was wrong, 130 interrupted by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;
