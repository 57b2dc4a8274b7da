/* Detached signatures, made and checked by the tools that people have keys for: ssh-keygen(1) -Y
 * and minisign(1). The key never comes near this program. */
#ifndef PF_COMMAND_SIGNATURE_H
#define PF_COMMAND_SIGNATURE_H

#include "base/arena.h"

/* Signs a file with an ssh key (PATH.sig beside it) or a minisign secret key (PATH.minisig). The
 * tool may ask for a passphrase on the terminal. NULL: it did not, which was told; else the
 * signature's path. */
const char *pf_signature_make(struct pf_arena *arena, const char *path, const char *key);

/* Looks for a signature beside the file, and has it checked against `signers`, ssh-keygen's allowed
 * signers or a minisign public key (NULL: nobody's counts). Tells what it found on standard output.
 * Returns 0 where it is good, or there is none and none is wanted; 1 where it is not; 2 where the
 * tool is missing. */
int pf_signature_verify(struct pf_arena *arena, const char *path, const char *signers);

#endif
