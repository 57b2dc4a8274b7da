/* A password file is as private as a private key, or it is refused. */
#include "model/password.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool pf_password_file_private(const char *path, const char **problem)
{
	struct stat seen;
	*problem = NULL;
	if (stat(path, &seen) != 0)
		*problem = strerror(errno);
	else if (!S_ISREG(seen.st_mode))
		*problem = "it is not a regular file";
	else if (seen.st_mode & 077)
		*problem = "others than its owner may read or write it; chmod 600";
	else if (seen.st_uid != geteuid() && seen.st_uid != 0)
		*problem = "it belongs to another user; chown it to the one who runs postflight";
	return *problem == NULL;
}
