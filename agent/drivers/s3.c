/* Object stores listed through libcurl, which signs what it sends (AWS Signature Version 4): one
 * page after the other, within the time of the question, as long as the store says that there are
 * more.
 *
 * libcurl 7.88 signs correctly only a query that is sorted and percent-encoded already, and leaves
 * out the header that says what the body's digest is, which S3 insists on: both are done here. The
 * secret key never leaves; what is sent is a signature of this very request.
 */
#include "drivers/s3_listing.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/page.h"
#include "drivers/transfer.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PAGES = 50,       /* of a thousand keys each */
	NEWEST = 100,     /* objects told */
	KEY_BYTES = 1024, /* the longest key that S3 has */
	PAGE_BYTES = 4 * 1024 * 1024,
	PAGE_ARENA = 16 * 1024 * 1024,
	HEADER_BYTES = 64 * 1024,
	GRACE_MS = 1000,
	SHOWN = 200,
};

/* SHA-256 of nothing. */
static const char DIGEST[] =
	"x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct object {
	char key[KEY_BYTES + 1];
	int64_t size, modified;
};

struct listing {
	struct pf_turn *turn;
	CURL *easy;
	struct curl_slist *headers, *connect_to;
	struct pf_pile body;
	size_t header_bytes;
	curl_socket_t fd;
	int socket_error;
	bool oversized, starved;
	char words[CURL_ERROR_SIZE];
	const char *token;
	struct object newest[NEWEST]; /* newest first */
	size_t count;
};

/* ---- one request ---- */

static size_t take_header(char *line, size_t one, size_t count, void *context)
{
	struct listing *listing = context;
	(void)line;
	(void)one;
	listing->header_bytes += count;
	listing->oversized |= listing->header_bytes > HEADER_BYTES;
	return listing->oversized ? 0 : count;
}

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
	struct listing *listing = context;
	(void)one;
	listing->oversized |= listing->body.count + count > PAGE_BYTES;
	if (!listing->oversized)
		listing->starved |= !pf_pile_add(&listing->body, bytes, count);
	return listing->oversized || listing->starved ? 0 : count;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct listing *listing = context;
	struct pf_turn *turn = listing->turn;
	int64_t until = pf_now_us() + turn->ground->connect_us;
	(void)purpose;
	turn->until_us = until < turn->limit_us ? until : turn->limit_us;
	listing->fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	if (listing->fd < 0) {
		listing->socket_error = errno;
		return CURL_SOCKET_BAD;
	}
	return listing->fd;
}

static CURLcode prepare_tls(CURL *easy, void *ssl_context, void *context)
{
	struct listing *listing = context;
	(void)easy;
	if (!pf_handshake_bind(ssl_context, listing->fd)) {
		listing->starved = true;
		return CURLE_OUT_OF_MEMORY;
	}
	pf_trust_lend(listing->turn->ground->trust, ssl_context);
	return CURLE_OK;
}

/* The parameters in the order of their names, as the signature has them. */
static const char *query(struct listing *listing)
{
	struct pf_arena *arena = listing->turn->arena;
	const struct pf_ask_s3 *ask = &listing->turn->question->s3;
	const char *token = listing->token ? pf_arena_print(arena, "continuation-token=%s&",
	                                                    pf_s3_encode(arena, listing->token))
	                                   : "";
	return pf_arena_print(arena, "%sencoding-type=url&list-type=2&max-keys=1000&prefix=%s",
	                      token, pf_s3_encode(arena, ask->prefix ? ask->prefix : ""));
}

static bool add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);
	if (longer)
		*list = longer;
	return longer != NULL;
}

static void set_habits(struct listing *listing)
{
	CURL *easy = listing->easy;
	pf_transfer_habits(easy);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, prepare_tls);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, listing);
}

static void set_ears(struct listing *listing)
{
	CURL *easy = listing->easy;
	struct pf_turn *turn = listing->turn;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, turn);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, listing->words);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, listing);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, listing);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, listing);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
	                 (long)((turn->limit_us - pf_now_us()) / 1000 + GRACE_MS));
}

static bool set_signature(struct listing *listing)
{
	const struct pf_turn *turn = listing->turn;
	const struct pf_ask_s3 *ask = &turn->question->s3;
	CURL *easy = listing->easy;
	const char *scope = pf_arena_print(turn->arena, "aws:amz:%s:s3", ask->region);
	return curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, scope) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERNAME, ask->access_key) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PASSWORD, pf_secret_bytes(turn->secret)) == CURLE_OK;
}

static void close_request(struct listing *listing)
{
	if (listing->easy) {
		curl_multi_remove_handle(listing->turn->ground->multi, listing->easy);
		curl_easy_cleanup(listing->easy);
	}
	curl_slist_free_all(listing->headers);
	curl_slist_free_all(listing->connect_to);
	listing->easy = NULL;
	listing->headers = listing->connect_to = NULL;
}

static void send_request(struct listing *listing)
{
	struct pf_turn *turn = listing->turn;
	const struct pf_ask_s3 *ask = &turn->question->s3;
	const char *url = pf_arena_print(turn->arena, "%s/%s?%s", ask->url,
	                                 pf_s3_encode(turn->arena, ask->bucket), query(listing));
	bool v6 = strchr(ask->address, ':') != NULL;
	const char *route = pf_arena_print(turn->arena, v6 ? "::[%s]:" : "::%s:", ask->address);
	listing->fd = -1;
	listing->body.count = listing->header_bytes = 0;
	listing->easy = curl_easy_init();
	bool fine = listing->easy && add_line(&listing->headers, DIGEST) &&
	            add_line(&listing->connect_to, route);
	if (fine) {
		set_habits(listing);
		set_ears(listing);
		curl_easy_setopt(listing->easy, CURLOPT_HTTPHEADER, listing->headers);
		curl_easy_setopt(listing->easy, CURLOPT_CONNECT_TO, listing->connect_to);
		fine = curl_easy_setopt(listing->easy, CURLOPT_URL, url) == CURLE_OK &&
		       set_signature(listing);
	}
	if (!fine || curl_multi_add_handle(turn->ground->multi, listing->easy) != CURLM_OK)
		pf_turn_answer(turn, PF_no_resources, "libcurl could not be set up");
}

/* ---- the driver ---- */

static const char *address(const struct pf_question *question)
{
	return question->s3.address;
}

/* In a URL, a header or a signature there is no room for surprises. */
static bool is_clean(const char *text, const char *forbidden)
{
	if (!text || !*text)
		return false;
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at <= ' ' || (unsigned char)*at > '~')
			return false;
	return !strpbrk(text, forbidden);
}

static const char *mistake(const struct pf_ask_s3 *ask)
{
	if (!ask->url ||
	    (strncmp(ask->url, "https://", 8) != 0 && strncmp(ask->url, "http://", 7) != 0) ||
	    !is_clean(ask->url, "?#@\"<>\\") || strchr(strstr(ask->url, "://") + 3, '/'))
		return "the endpoint is no http: or https: url without a path";
	if (!ask->address || !pf_is_literal(ask->address))
		return "no literal address";
	if (!is_clean(ask->bucket, "/?#"))
		return "no name of a bucket";
	if (!is_clean(ask->region, ":/?#"))
		return "no name of a region";
	return is_clean(ask->access_key, ":/") ? NULL : "no name of an access key";
}

static void start(struct pf_turn *turn)
{
	struct listing *listing = turn->state = pf_arena_take(turn->arena, sizeof *listing);
	const char *why = mistake(&turn->question->s3);
	const char *problem = pf_trust_problem(turn->ground->trust);
	listing->turn = turn;
	listing->fd = -1;
	if (why)
		pf_turn_answer(turn, PF_malformed_question, why);
	else if (!turn->secret)
		pf_turn_answer(turn, PF_no_password, "the secret key is not there");
	else if (problem)
		pf_turn_answer(turn, PF_no_permission, problem);
	else
		send_request(listing);
}

/* Among the newest, in its place. */
static void keep(struct listing *listing, const struct pf_s3_object *object)
{
	size_t at = listing->count < NEWEST ? listing->count++ : NEWEST - 1;
	if (at == NEWEST - 1 && listing->newest[at].modified >= object->modified &&
	    listing->newest[at].key[0])
		return;
	while (at > 0 && listing->newest[at - 1].modified < object->modified) {
		listing->newest[at] = listing->newest[at - 1];
		at--;
	}
	struct object *place = &listing->newest[at];
	size_t length = strlen(object->key);
	length = length < KEY_BYTES ? length : KEY_BYTES;
	memcpy(place->key, object->key, length);
	place->key[length] = '\0';
	place->size = object->size;
	place->modified = object->modified;
}

static void take_object(void *context, const struct pf_s3_object *object)
{
	struct listing *listing = context;
	struct pf_facts_s3 *facts = &listing->turn->answer.s3;
	size_t length = strlen(object->key);
	if (length == 0 || (object->size == 0 && object->key[length - 1] == '/'))
		return; /* what consoles make for a folder */
	if (object->size == 0) {
		facts->empty++;
		return;
	}
	facts->objects++;
	facts->bytes += object->size;
	keep(listing, object);
}

static void tell(struct listing *listing)
{
	struct pf_arena *arena = listing->turn->arena;
	struct pf_facts_s3 *facts = &listing->turn->answer.s3;
	struct pf_entry *entries = pf_arena_array(arena, listing->count, sizeof *entries);
	for (size_t i = 0; i < listing->count; i++)
		entries[i] = (struct pf_entry){
			.path = pf_escape_text(arena, listing->newest[i].key, 0),
			.type = "file",
			.owner = "",
			.group = "",
			.size = listing->newest[i].size,
			.modified = listing->newest[i].modified,
		};
	facts->newest = (struct pf_entries){entries, listing->count};
	facts->now = pf_wall_seconds();
}

/* A page, or an error, is in; true: another page is wanted. */
static bool take_page(struct listing *listing)
{
	struct pf_turn *turn = listing->turn;
	struct pf_facts_s3 *facts = &turn->answer.s3;
	struct pf_arena *scratch = pf_arena_new(PAGE_ARENA);
	struct pf_s3_page page;
	const char *problem;
	bool read = pf_s3_read(scratch, listing->body.at ? listing->body.at : "",
	                       listing->body.count, &page, take_object, listing, &problem);
	facts->pages++;
	facts->truncated = page.truncated;
	if (page.code)
		facts->code = pf_escape_text(turn->arena, page.code, 64);
	if (page.message)
		facts->message = pf_escape_text(turn->arena, page.message, SHOWN);
	bool more = read && !page.is_error && facts->status == 200 && page.truncated &&
	            page.token && *page.token && facts->pages < PAGES &&
	            !(listing->token && strcmp(page.token, listing->token) == 0);
	listing->token = more ? pf_arena_copy(turn->arena, page.token) : NULL;
	pf_arena_free(scratch);
	if (more)
		return true;
	tell(listing);
	if (read ? !page.is_error || facts->status != 200 : facts->status != 200)
		pf_turn_answer(turn, PF_answered, NULL);
	else
		pf_turn_answer(turn, PF_garbled, read ? "an error with status 200" : problem);
	return false;
}

static bool was_accepted(const struct listing *listing)
{
	curl_off_t connected_us = 0;
	curl_easy_getinfo(listing->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	return connected_us > 0;
}

static void answer_failed(struct listing *listing, CURLcode code)
{
	struct pf_turn *turn = listing->turn;
	long error = 0;
	const char *words = *listing->words ? listing->words : curl_easy_strerror(code);
	enum pf_outcome outcome = PF_garbled;
	curl_easy_getinfo(listing->easy, CURLINFO_OS_ERRNO, &error);
	if (listing->socket_error)
		error = listing->socket_error;
	if (listing->oversized)
		outcome = PF_oversized;
	else if (listing->starved)
		outcome = PF_no_resources;
	else if (code == CURLE_COULDNT_CONNECT || code == CURLE_FAILED_INIT)
		outcome = pf_outcome_of_error((int)error, turn->question->s3.address);
	else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR)
		outcome = PF_tls_untrusted;
	else if (code == CURLE_SSL_CONNECT_ERROR)
		outcome = error == ECONNRESET ? PF_hung_up : PF_tls_failed;
	else if (code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR ||
	         code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE)
		outcome = PF_hung_up;
	else if (code == CURLE_OUT_OF_MEMORY || code == CURLE_URL_MALFORMAT)
		outcome = code == CURLE_OUT_OF_MEMORY ? PF_no_resources : PF_malformed_question;
	pf_turn_answer(turn, outcome, words);
}

static void advance(struct pf_turn *turn)
{
	struct listing *listing = turn->state;
	CURLcode code = (CURLcode)turn->transfer_code;
	long status = 0;
	if (code == CURLE_OPERATION_TIMEDOUT) {
		tell(listing);
		pf_turn_late(turn, was_accepted(listing));
		return;
	}
	if (code != CURLE_OK) {
		answer_failed(listing, code);
		return;
	}
	curl_easy_getinfo(listing->easy, CURLINFO_RESPONSE_CODE, &status);
	turn->answer.s3.status = status;
	if (!take_page(listing))
		return;
	/* Each page has the time of one exchange. */
	int64_t limit = pf_now_us() + turn->ground->exchange_us;
	turn->limit_us = limit < turn->deadline_us ? limit : turn->deadline_us;
	turn->until_us = turn->limit_us;
	close_request(listing);
	send_request(listing);
}

/* The time to connect is over, and perhaps it has: then the rest of the exchange counts. */
static void expire(struct pf_turn *turn)
{
	struct listing *listing = turn->state;
	struct sockaddr_storage name;
	socklen_t size = sizeof name;
	bool accepted =
		listing->fd >= 0 && getpeername(listing->fd, (struct sockaddr *)&name, &size) == 0;
	if (accepted && turn->until_us < turn->limit_us) {
		turn->until_us = turn->limit_us;
		return;
	}
	tell(listing);
	pf_turn_late(turn, accepted);
}

static void end(struct pf_turn *turn)
{
	struct listing *listing = turn->state;
	close_request(listing);
	pf_response_free(&(struct pf_response){.body = listing->body});
	listing->body = (struct pf_pile){0};
}

const struct pf_driver pf_driver_s3 = {
	.kind = PF_KIND_s3,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
