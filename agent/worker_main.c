/* The worker program: postflight starts it, `postflight-worker network [CA_FILE]` or `host
 * [STATE_DIRECTORY [writes]]`, or `clean STATE_DIRECTORY`. It alone is linked with the libraries
 * that meet strangers. */
#include "base/hardening.h"
#include "worker/worker.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char *argv[])
{
	const char *kind = argc > 1 ? argv[1] : "";
	pf_harden_process();
	pf_empty_environment();
	if (strcmp(kind, "network") == 0)
		return pf_network_worker(argc > 2 ? argv[2] : NULL);
	if (strcmp(kind, "host") == 0)
		return pf_host_worker(argc > 2 && *argv[2] ? argv[2] : NULL,
		                      argc > 3 && strcmp(argv[3], "writes") == 0);
	if (strcmp(kind, "clean") == 0 && argc > 2)
		return pf_clean_worker(argv[2]);
	fputs("postflight-worker: postflight starts it, people start postflight\n", stderr);
	return 2;
}
