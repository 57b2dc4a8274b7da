/* A password file is as private as a private key, or it is refused. */
#include "model/password.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *wrong_with(const struct stat *seen)
{
	if (!S_ISREG(seen->st_mode))
		return "it is not a regular file";
	if (seen->st_mode & 077)
		return "others than its owner may read or write it; chmod 600";
	if (seen->st_uid != geteuid() && seen->st_uid != 0)
		return "it belongs to another user; chown it to the one who runs postflight";
	return NULL;
}

bool pf_password_file_private(const char *path, const char **problem)
{
	struct stat seen;
	*problem = stat(path, &seen) != 0 ? strerror(errno) : wrong_with(&seen);
	return *problem == NULL;
}

struct pf_secret *pf_password_of(const char *bytes, size_t count)
{
	if (count && bytes[count - 1] == '\n')
		count--;
	if (count && bytes[count - 1] == '\r')
		count--;
	return pf_secret_new(bytes, count);
}

static struct pf_secret *read_secret(int fd, const char **problem)
{
	char bytes[PF_SECRET_BYTES + 2];
	size_t count = 0;
	ssize_t got = 1;
	while (got > 0 && count < sizeof bytes) {
		got = read(fd, bytes + count, sizeof bytes - count);
		count += got > 0 ? (size_t)got : 0;
	}
	struct pf_secret *secret = got < 0 ? NULL : pf_password_of(bytes, count);
	if (!secret)
		*problem = got < 0                   ? strerror(errno)
		           : count > PF_SECRET_BYTES ? "it is too long"
		                                     : "it is empty";
	explicit_bzero(bytes, sizeof bytes);
	return secret;
}

static struct pf_secret *from_file(const char *path, bool must_be_private, const char **problem)
{
	struct stat seen;
	struct pf_secret *secret = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	*problem = fd < 0 || fstat(fd, &seen) != 0 ? strerror(errno) : NULL;
	if (!*problem && must_be_private)
		*problem = wrong_with(&seen);
	if (!*problem)
		secret = read_secret(fd, problem);
	if (fd >= 0)
		close(fd);
	return secret;
}

struct pf_secret *pf_password_from_file(const char *path, const char **problem)
{
	return from_file(path, true, problem);
}

struct pf_secret *pf_password_from_environment(const char *name, const char **problem)
{
	const char *value = getenv(name);
	struct pf_secret *secret = value ? pf_secret_new(value, strlen(value)) : NULL;
	*problem = secret  ? NULL
	           : value ? "the environment variable is empty or too long"
	                   : "the environment variable is not set";
	return secret;
}

struct pf_secret *pf_password_from_credential(const char *name, const char **problem)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	*problem =
		"CREDENTIALS_DIRECTORY is not set: systemd sets it where LoadCredential= is used";
	if (!folder)
		return NULL;
	*problem = "the name is no name of a credential";
	if (strchr(name, '/') || *name == '.' ||
	    snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return NULL;
	return from_file(path, false, problem); /* systemd makes them private its own way */
}
