/* One anonymous mapping for each secret: what madvise(2) and mlock(2) say is said for it alone. */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>

struct pf_secret {
	size_t count;
	char bytes[PF_SECRET_BYTES + 1];
};

static struct pf_secret *map(void)
{
	struct pf_secret *secret = mmap(NULL, sizeof *secret, PROT_READ | PROT_WRITE,
	                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret == MAP_FAILED)
		return NULL;
	/* Each is a second line of defence: a limit on locked memory must not cost the audit. */
	(void)!mlock(secret, sizeof *secret);
	(void)!madvise(secret, sizeof *secret, MADV_DONTDUMP);
	(void)!madvise(secret, sizeof *secret, MADV_WIPEONFORK);
	return secret;
}

struct pf_secret *pf_secret_new(const void *bytes, size_t count)
{
	if (count == 0 || count > PF_SECRET_BYTES)
		return NULL;
	struct pf_secret *secret = map();
	if (!secret)
		return NULL;
	memcpy(secret->bytes, bytes, count);
	secret->count = count;
	return secret;
}

void pf_secret_free(struct pf_secret *secret)
{
	if (!secret)
		return;
	explicit_bzero(secret, sizeof *secret);
	munmap(secret, sizeof *secret);
}

const char *pf_secret_bytes(const struct pf_secret *secret)
{
	return secret->bytes;
}

size_t pf_secret_length(const struct pf_secret *secret)
{
	return secret->count;
}

static const char digit[] = "0123456789abcdef";

void pf_secret_write(const struct pf_secret *secret, char *digits)
{
	for (size_t i = 0; i < secret->count; i++) {
		unsigned char byte = (unsigned char)secret->bytes[i];
		*digits++ = digit[byte >> 4];
		*digits++ = digit[byte & 15];
	}
	*digits = '\0';
}

static int value_of(char character)
{
	const char *found = character ? strchr(digit, character) : NULL;
	return found ? (int)(found - digit) : -1;
}

struct pf_secret *pf_secret_read(const char *digits, size_t count)
{
	if (count == 0 || count % 2 || count / 2 > PF_SECRET_BYTES)
		return NULL;
	struct pf_secret *secret = map();
	for (size_t i = 0; secret && i < count; i += 2) {
		int high = value_of(digits[i]), low = value_of(digits[i + 1]);
		if (high < 0 || low < 0) {
			pf_secret_free(secret);
			return NULL;
		}
		secret->bytes[secret->count++] = (char)(high << 4 | low);
	}
	return secret;
}
