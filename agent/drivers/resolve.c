/* Names to addresses, by the resolver of this machine: getaddrinfo(3) blocks for as long as it
 * likes, so each name has a thread of its own that reports through a socket pair and shares nothing
 * with the loop. A thread that hangs holds up nobody; it ends with the process. */
#include "drivers/turn.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	THREADS = 64, /* lookups that hang count too */
	STACK_BYTES = 512 * 1024,
	ADDRESS_TEXT = 64, /* with a scope */
	NAME_BYTES = 255,
};

/* What a thread is given; freed by it. */
struct errand {
	int report;
	char name[NAME_BYTES + 1];
};

/* What it reports, as one packet. */
struct finding {
	int error, os_error; /* EAI_*, errno */
	unsigned count;
	char addresses[2 * PF_ADDRESSES_PER_FAMILY][ADDRESS_TEXT];
};

struct lookup {
	int report; /* our end of the pair; -1: none */
};

static atomic_uint threads;

static const char *address(const struct pf_question *question)
{
	(void)question;
	return "resolver";
}

/* ---- in the thread ---- */

static size_t bytes_of(const struct sockaddr *address, const void **bytes)
{
	if (address->sa_family == AF_INET) {
		*bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
		return sizeof(struct in_addr);
	}
	*bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	return sizeof(struct in6_addr);
}

static int by_address(const void *left, const void *right)
{
	const struct addrinfo *a = *(const struct addrinfo *const *)left;
	const struct addrinfo *b = *(const struct addrinfo *const *)right;
	const void *bytes_a, *bytes_b;
	size_t size_a = bytes_of(a->ai_addr, &bytes_a), size_b = bytes_of(b->ai_addr, &bytes_b);
	if (size_a != size_b)
		return size_a < size_b ? -1 : 1; /* v4 first */
	return memcmp(bytes_a, bytes_b, size_a);
}

/* Sorted, without duplicates, so many of each family. */
static void choose(struct finding *finding, size_t count, struct addrinfo *found[])
{
	unsigned chosen[2] = {0};
	qsort(found, count, sizeof *found, by_address);
	for (size_t i = 0; i < count; i++) {
		bool v6 = found[i]->ai_family == AF_INET6;
		if ((i && by_address(&found[i - 1], &found[i]) == 0) ||
		    chosen[v6] == PF_ADDRESSES_PER_FAMILY)
			continue;
		if (getnameinfo(found[i]->ai_addr, found[i]->ai_addrlen,
		                finding->addresses[finding->count], ADDRESS_TEXT, NULL, 0,
		                NI_NUMERICHOST) != 0)
			continue;
		finding->count++;
		chosen[v6]++;
	}
}

static void look_up(const char *name, struct finding *finding)
{
	struct addrinfo *list = NULL, hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	size_t count = 0;
	for (const char *at = name; *at; at++)
		if ((unsigned char)*at >= 0x80)
			hints.ai_flags = AI_IDN;
	errno = 0;
	finding->error = getaddrinfo(name, NULL, &hints, &list);
	finding->os_error = errno;
	if (finding->error)
		return;
	for (struct addrinfo *one = list; one; one = one->ai_next)
		count++;
	struct addrinfo **found = calloc(count, sizeof *found);
	count = 0;
	for (struct addrinfo *one = list; found && one; one = one->ai_next)
		if (one->ai_family == AF_INET || one->ai_family == AF_INET6)
			found[count++] = one;
	if (found)
		choose(finding, count, found);
	else
		finding->error = EAI_MEMORY;
	free(found);
	freeaddrinfo(list);
}

static void *run_errand(void *argument)
{
	struct errand *errand = argument;
	struct finding finding = {0};
	look_up(errand->name, &finding);
	send(errand->report, &finding, sizeof finding, MSG_NOSIGNAL); /* nobody may be listening */
	close(errand->report);
	free(errand);
	atomic_fetch_sub(&threads, 1);
	return NULL;
}

/* ---- in the loop ---- */

/* Signals are for the thread that runs the loop. */
static int start_thread(struct errand *errand)
{
	pthread_t thread;
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	atomic_fetch_add(&threads, 1);
	int error = pthread_create(&thread, &attributes, run_errand, errand);
	if (error)
		atomic_fetch_sub(&threads, 1);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return error;
}

/* The far end goes to the thread, which closes it. 0, or errno. */
static int send_out(struct lookup *lookup, const char *name)
{
	int pair[2];
	struct errand *errand = calloc(1, sizeof *errand);
	if (!errand)
		return ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		free(errand);
		return errno;
	}
	errand->report = pair[1];
	strncpy(errand->name, name, NAME_BYTES);
	int error = start_thread(errand);
	if (error) {
		close(pair[0]);
		close(pair[1]);
		free(errand);
		return error;
	}
	lookup->report = pair[0];
	return 0;
}

static void start(struct pf_turn *turn)
{
	const char *host = turn->question->resolve.host;
	struct lookup *lookup = turn->state = pf_arena_take(turn->arena, sizeof *lookup);
	lookup->report = -1;
	if (!host || !*host) {
		pf_turn_answer(turn, PF_malformed_question, "no name");
	} else if (strlen(host) > NAME_BYTES) {
		pf_turn_answer(turn, PF_no_such_name, "longer than a name can be");
	} else if (atomic_load(&threads) >= THREADS) {
		pf_turn_answer(turn, PF_name_unanswered, "too many lookups hang already");
	} else {
		int error = send_out(lookup, host);
		if (error) {
			char words[128];
			pf_turn_answer(turn, PF_no_resources,
			               strerror_r(error, words, sizeof words));
			return;
		}
		if (turn->until_us - turn->started_us > turn->ground->lookup_us)
			turn->until_us = turn->started_us + turn->ground->lookup_us;
		pf_turn_wait(turn, lookup->report, POLLIN);
	}
}

static enum pf_outcome outcome_of(const struct finding *finding)
{
	bool starved = finding->os_error == EMFILE || finding->os_error == ENFILE ||
	               finding->os_error == ENOMEM || finding->os_error == ENOBUFS;
	switch (finding->error) {
	case 0:
		return finding->count ? PF_answered : PF_no_such_name;
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return PF_no_such_name;
	case EAI_MEMORY:
		return PF_no_resources;
	case EAI_IDN_ENCODE:
		return PF_malformed_question;
	default: /* EAI_AGAIN, EAI_FAIL, EAI_SYSTEM */
		return starved ? PF_no_resources : PF_name_unanswered;
	}
}

static void advance(struct pf_turn *turn)
{
	struct lookup *lookup = turn->state;
	struct finding finding;
	const char *addresses[2 * PF_ADDRESSES_PER_FAMILY];
	if (recv(lookup->report, &finding, sizeof finding, MSG_DONTWAIT) != sizeof finding) {
		pf_turn_answer(turn, PF_no_resources, "the lookup ended without a word");
		return;
	}
	for (unsigned i = 0; i < finding.count; i++)
		addresses[i] = finding.addresses[i];
	turn->answer.resolve.addresses = pf_arena_words(turn->arena, finding.count, addresses);
	pf_turn_answer(turn, outcome_of(&finding),
	               finding.error ? gai_strerror(finding.error) : NULL);
}

static void expire(struct pf_turn *turn)
{
	bool over = pf_now_us() >= turn->deadline_us;
	pf_turn_answer(turn, over ? PF_deadline : PF_name_unanswered, NULL);
}

static void end(struct pf_turn *turn)
{
	struct lookup *lookup = turn->state;
	if (lookup->report >= 0)
		close(lookup->report);
}

const struct pf_driver pf_driver_resolve = {
	.kind = PF_KIND_resolve,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
