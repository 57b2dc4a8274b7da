/* What every process of the program does before anything else. */
#ifndef PF_BASE_HARDENING_H
#define PF_BASE_HARDENING_H

/* First thing in main: SIGPIPE and SIGXFSZ ignored, descriptors 0-2 open, umask 077, no core files, not
 * dumpable, LC_ALL=C.UTF-8, TZ untouched. */
void pf_harden_process(void);

/* Empty environment but for PATH and LANG; descriptors above 2 closed. */
void pf_empty_environment(void);

#endif
