/* The manifest driver: every file that a manifest names, looked for; a few of them, read. */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/access.h"
#include "drivers/manifest_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SAMPLE = 16,
	SAMPLE_BYTES = 256 * 1024, /* of one file that is compared with the wire */
	NAME_SHOWN = 300,
};

struct reading {
	struct pf_arena *arena;
	int64_t started_us;
	int root;
	struct pf_facts_manifest facts;
};

/* The one way out. Facts are kept only with outcomes that may carry them. */
static struct pf_answer end(const struct reading *reading, enum pf_outcome outcome,
                            const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_manifest,
		.outcome = outcome,
		.detail = pf_escape_again(reading->arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - reading->started_us,
	};
	if (reading->root >= 0)
		close(reading->root);
	if (outcome == PF_answered || outcome == PF_partial)
		answer.manifest = reading->facts;
	return answer;
}

static enum pf_outcome outcome_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
		return PF_absent;
	case EACCES:
	case EPERM:
		return PF_no_permission;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return PF_no_resources;
	case EFBIG:
		return PF_oversized;
	default:
		return PF_partial;
	}
}

/* A regular file, whole, of at most `most` bytes; NULL with errno. Nothing else is read, and a FIFO
 * is not waited for. */
static const char *read_file(struct reading *reading, const char *name, size_t most, size_t *count)
{
	struct statx seen;
	int fd = openat(reading->root, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	char *bytes = NULL;
	*count = 0;
	if (statx(fd, "", AT_EMPTY_PATH | PF_STATX_HERE, PF_STATX_MASK, &seen) == 0) {
		errno = !S_ISREG(seen.stx_mode) ? ENOENT : seen.stx_size > most ? EFBIG : 0;
		if (!errno)
			bytes = pf_arena_take(reading->arena, seen.stx_size + 1);
		ssize_t got = 1;
		while (bytes && got > 0 && *count < seen.stx_size) {
			got = read(fd, bytes + *count, seen.stx_size - *count);
			*count += got > 0 ? (size_t)got : 0;
		}
		bytes = got < 0 ? NULL : bytes;
	}
	int error = errno;
	close(fd);
	errno = error;
	return bytes;
}

static bool exists(const struct reading *reading, const char *name)
{
	struct statx seen;
	return pf_manifest_name_is_inside(name) &&
	       statx(reading->root, name, PF_STATX_HERE, PF_STATX_MASK, &seen) == 0 &&
	       S_ISREG(seen.stx_mode);
}

/* False: the deadline came. */
static bool look_for_all(struct reading *reading, struct pf_words names, int64_t deadline_us)
{
	struct pf_facts_manifest *facts = &reading->facts;
	const char **lacking = pf_arena_array(reading->arena, PF_EXAMPLES, sizeof *lacking);
	facts->lacking.at = lacking;
	for (size_t i = 0; i < names.count; i++) {
		if (i % 64 == 0 && pf_now_us() >= deadline_us)
			return false;
		facts->entries++;
		if (exists(reading, names.at[i]))
			continue;
		if (facts->lacking.count < PF_EXAMPLES)
			lacking[facts->lacking.count++] =
				pf_escape_text(reading->arena, names.at[i], NAME_SHOWN);
		facts->missing++;
	}
	return true;
}

/* Evenly over the whole manifest; names that need quoting in a URL and large files are passed by.
 */
static void take_sample(struct reading *reading, struct pf_words names, size_t wanted)
{
	const char **sample = pf_arena_array(reading->arena, SAMPLE, sizeof *sample);
	const char **digests = pf_arena_array(reading->arena, SAMPLE, sizeof *digests);
	size_t count = 0, step = names.count / (wanted ? wanted : 1);
	for (size_t i = 0; i < names.count && count < wanted; i += step ? step : 1) {
		const char *name = names.at[i];
		size_t length;
		const char *bytes =
			pf_manifest_name_is_inside(name) && pf_manifest_name_is_plain(name)
				? read_file(reading, name, SAMPLE_BYTES, &length)
				: NULL;
		if (!bytes)
			continue;
		sample[count] = name;
		digests[count++] = pf_sha256(reading->arena, bytes, length, 64);
	}
	reading->facts.sample = (struct pf_words){sample, count};
	reading->facts.digests = (struct pf_words){digests, count};
}

struct pf_answer pf_manifest_answer(struct pf_arena *arena, const struct pf_ask_manifest *ask,
                                    int64_t deadline_us)
{
	struct reading reading = {.arena = arena, .started_us = pf_now_us(), .root = -1};
	struct pf_words names;
	const char *problem;
	size_t count;
	if (!ask->root || ask->root[0] != '/' || !ask->name ||
	    !pf_manifest_name_is_inside(ask->name))
		return end(&reading, PF_malformed_question, "no directory, or no name in it");
	reading.root = open(ask->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	if (reading.root < 0)
		return end(&reading, outcome_of(errno), pf_error_words(errno));
	const char *text = read_file(&reading, ask->name, PF_MANIFEST_BYTES, &count);
	if (!text)
		return end(&reading, outcome_of(errno), pf_error_words(errno));
	if (!pf_manifest_read(arena, text, count, &names, &reading.facts.version, &problem))
		return end(&reading, PF_garbled, problem);
	if (!look_for_all(&reading, names, deadline_us))
		return end(&reading, PF_partial, "the deadline came before the last entry");
	size_t wanted = ask->sample < 0 ? 0 : ask->sample > SAMPLE ? SAMPLE : (size_t)ask->sample;
	take_sample(&reading, names, wanted);
	return end(&reading, PF_answered, NULL);
}
