/* Finding and reading the site file that a command works on. */
#include "base/limits.h"
#include "base/text.h"
#include "command/command.h"
#include "model/password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const places[] = {"postflight.yaml", "/etc/postflight/postflight.yaml"};

static const char *place_of(const struct pf_invocation *invocation)
{
	if (invocation->argument_count)
		return invocation->arguments[0];
	for (size_t i = 0; i < PF_COUNT(places); i++)
		if (access(places[i], F_OK) == 0)
			return places[i];
	return NULL;
}

/* All of the file, or a little more than the largest that is read: the parser refuses it then.
 * `most`: bytes that are the site file's; what follows them is somebody else's to read. */
static bool read_all(struct pf_arena *arena, const char *path, size_t most, const char **text,
                     size_t *size)
{
	int fd =
		strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return false;
	char *bytes = pf_arena_take(arena, PF_SITE_FILE_BYTES + 2);
	ssize_t count = 0;
	*size = 0;
	while (*size < most && (count = read(fd, bytes + *size, most - *size)) != 0) {
		if (count < 0 && errno != EINTR)
			break;
		*size += count > 0 ? (size_t)count : 0;
	}
	int failed = errno;
	if (fd != STDIN_FILENO)
		close(fd);
	*text = bytes;
	errno = failed;
	return *size == most || count == 0;
}

static void tell(struct pf_arena *arena, const char *file, const struct pf_mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->count; i++)
		pf_complain("%s", pf_mistake_line(arena, file, &mistakes->at[i]));
}

/* Secrets in files that others can read are told before the first packet. A file that is not on
 * this machine is another vantage's. */
static bool are_private(const struct pf_service *services, size_t count)
{
	bool fine = true;
	for (size_t i = 0; i < count; i++) {
		const char *file = services[i].password.file, *problem;
		if (!file || access(file, F_OK) != 0 || pf_password_file_private(file, &problem))
			continue;
		pf_complain("password_file of %s: %s: %s", services[i].name, file, problem);
		fine = false;
	}
	return fine;
}

bool pf_load_site(struct pf_invocation *invocation, struct pf_loaded_site *loaded)
{
	struct pf_arena *arena = invocation->arena;
	struct pf_mistakes mistakes = {0};
	const char *place = place_of(invocation);
	size_t most = invocation->site_bytes < 0 ? PF_SITE_FILE_BYTES + 1
	                                         : (size_t)invocation->site_bytes;
	*loaded = (struct pf_loaded_site){.text = ""};
	if (!place) {
		pf_complain("no site file: give one, or a URL, or write ./postflight.yaml or %s",
		            places[1]);
		return false;
	}
	/* A URL is not repeated: what is wrong with it may be that a password stands in it. */
	const char *shown = strstr(place, "://")      ? "the URL"
	                    : strcmp(place, "-") == 0 ? "(standard input)"
	                                              : pf_escape_text(arena, place, 0);
	bool right;
	if (strstr(place, "://")) {
		right = pf_site_of_url(arena, place, &loaded->site, &mistakes);
	} else if (!read_all(arena, place, most, &loaded->text, &loaded->size)) {
		pf_complain("%s: %s", shown, strerror(errno));
		return false;
	} else {
		right = pf_site_parse(arena, place, loaded->text, loaded->size, &loaded->site,
		                      &mistakes);
	}
	tell(arena, shown, &mistakes);
	if (loaded->size && strcmp(place, "-") != 0)
		invocation->style.site_path = place;
	invocation->style.site_text = loaded->text;
	loaded->site.allow_writes |= invocation->allow_writes;
	return right && are_private(loaded->site.databases, loaded->site.database_count) &&
	       are_private(loaded->site.caches, loaded->site.cache_count);
}
