/* What every transfer of libcurl has in common, whichever driver asks. */
#ifndef PF_DRIVERS_TRANSFER_H
#define PF_DRIVERS_TRANSFER_H

/* No redirects, no proxy, no files, no caches, nothing left over from another question; http and
 * https alone, with our name on it. Trust anchors are for the caller to lend. `easy`: a CURL. */
void pf_transfer_habits(void *easy);

#endif
