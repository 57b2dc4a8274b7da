/* The world's answers: a front that judges Hosts like nginx 1.22, a Django that judges what it is
 * handed, and services that know who calls. */
#include "rig_world.h"

#include "rig_disk.h"

#include "run/registry.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1800000000
#define V4 "10.203.7.10"
#define V6 "fd5f:706f:7374::10"

/* The site */

static const char *const hosts[] = {"shop.test", "www.shop.test"};
static const char *const on_app[] = {"app1"}, *const on_bastion[] = {"bastion"};
static const char *const dumps[] = {"/var/backups/shop/db-*.dump.age"};
static const char *const archives[] = {"/var/backups/shop/media-*.tar.gz"};
static const char *const away[] = {"/var/backups/shop/media-*.tar.age"};

static const struct pf_vantage vantages[] = {
	{.name = "bastion", .role = "bastion", .line = 1},
	{.name = "app1", .role = "app", .ssh = "app1", .line = 2},
};

static const struct pf_service databases[] = {
	{.name = "default",
         .url = {"postgresql://shop@db1:5432/shop", "postgresql", "shop", "db1", 5432, "/shop"},
         .allow_from = {on_app, 1}},
};

static const struct pf_service caches[] = {
	{.name = "visits",
         .url = {"rediss://cache1:6379/1", "rediss", NULL, "cache1", 6379, "/1"},
         .password = {.file = "/etc/postflight/redis.pw"},
         .allow_from = {on_app, 1}},
	{.name = "default",
         .url = {"memcached://cache1:11211", "memcached", NULL, "cache1", 11211, "/"},
         .allow_from = {on_app, 1}},
};

static const struct pf_backup sets[] = {
	{.name = "database", .of = "default", .on = {on_bastion, 1}, .files = {dumps, 1}},
	{.name = "uploads", .of = "media", .on = {on_app, 1}, .files = {archives, 1}},
	{.name = "away", .of = "media", .on = {on_bastion, 1}, .files = {away, 1}},
};

static const struct pf_site shop = {
	.name = "shop",
	.url = {"https://shop.test", "https", NULL, "shop.test", 443, "/"},
	.http_port = 80,
	.hosts = {hosts, 2},
	.login_path = "/accounts/login/",
	.admin_path = "/admin/",
	.vantages = vantages,
	.vantage_count = 2,
	.app = {.declared = true,
                .on = {on_app, 1},
                .project = "/srv/shop",
                .python = "/usr/bin/python3",
                .settings = "shop.settings.production",
                .user = "daemon",
                .backend = "app1:8000"},
	.databases = databases,
	.database_count = 1,
	.caches = caches,
	.cache_count = 2,
	.static_files = {.declared = true,
                         .on = {on_app, 1},
                         .root = "/var/www/shop/static",
                         .url = "/static/",
                         .owner = "bin",
                         .web_user = "www-data"},
	.media = {.declared = true,
                  .on = {on_app, 1},
                  .root = "/var/lib/shop/media",
                  .url = "/media/",
                  .owner = "daemon",
                  .web_user = "www-data"},
	.backups = sets,
	.backup_count = PF_COUNT(sets),
};

const struct pf_site *world_site(void)
{
	return &shop;
}

/* One question on its way to an answer. */
struct visit {
	struct pf_arena *arena;
	const struct world *world;
	const struct pf_ask_http *ask;
	bool https;
	const char *sni;    /* "" none */
	const char *host;   /* the Host line; NULL: none */
	const char *target; /* the host of an absolute request line; NULL: none */
	const char *path, *forwarded, *origin;
	bool malformed; /* nginx says 400 before it looks at any name */
	struct pf_answer answer;
};

static bool is_ours(const char *host)
{
	return strcmp(host, hosts[0]) == 0 || strcmp(host, hosts[1]) == 0;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text), tail = strlen(with);
	return length >= tail && strcmp(text + length - tail, with) == 0;
}

/* Up to the first of `stops`. */
static const char *head(struct pf_arena *arena, const char *text, const char *stops)
{
	return pf_arena_copy_bytes(arena, text, strcspn(text, stops));
}

static const char *without_port(struct pf_arena *arena, const char *host)
{
	if (host[0] == '[')
		return pf_arena_copy_bytes(arena, host, strcspn(host, "]") + 1);
	return head(arena, host, ":");
}

/* Django */

static void page(struct visit *visit, int status, const char *title, const char *text)
{
	struct pf_facts_http *facts = &visit->answer.http;
	const char *found[32];
	size_t count = 0;
	for (size_t i = 0; i < visit->ask->look_for.count; i++)
		if (strstr(text, visit->ask->look_for.at[i]))
			found[count++] = visit->ask->look_for.at[i];
	*facts = (struct pf_facts_http){
		.status = status,
		.version = visit->ask->http2 ? "2" : "1.1",
		.title = title,
		.digest = pf_arena_print(visit->arena, "digest of %s", text),
		.shape = pf_arena_print(visit->arena, "shape of %s", title),
		.length = 1000,
		.found_in_body = pf_arena_words(visit->arena, count, found),
		.first_status = visit->ask->exact_after ? 200 : 0,
	};
	visit->answer.outcome = PF_answered;
}

static void headers(struct visit *visit)
{
	const char *list[] = {
		"content-type: text/html",
		"x-content-type-options: nosniff",
		"x-frame-options: DENY",
		"referrer-policy: same-origin",
		"cross-origin-opener-policy: same-origin",
		"content-security-policy: default-src 'self'; frame-ancestors 'none'",
		"set-cookie: csrftoken=<32 bytes>; Max-Age=31449600; Path=/; SameSite=Lax; Secure",
		visit->https ? "strict-transport-security: max-age=31536000; includeSubDomains; "
			       "preload"
			     : "x-plain: 1",
		visit->origin && visit->world->origin_reflected
			? pf_arena_print(visit->arena, "access-control-allow-origin: %s",
	                                 visit->origin)
			: "server: nginx",
	};
	if (visit->world->headers_missing)
		visit->answer.http.headers = pf_arena_words(visit->arena, 1, list);
	else
		visit->answer.http.headers = pf_arena_words(visit->arena, PF_COUNT(list), list);
}

static bool allows(const struct visit *visit, const char *host)
{
	const char *bare = without_port(visit->arena, host);
	const char *port = host + strlen(bare);
	if (strspn(port, ":0123456789") != strlen(port) || strchr(bare, '@') || !*bare)
		return false;
	if (visit->world->star)
		return true;
	if (visit->world->wildcard && ends(bare, ".shop.test"))
		return true;
	if (visit->world->ip_served && (strcmp(bare, V4) == 0 || strcmp(bare, "[" V6 "]") == 0))
		return true;
	return visit->world->www_forgotten ? strcmp(bare, hosts[0]) == 0 : is_ours(bare);
}

static void django(struct visit *visit, const char *host)
{
	struct pf_arena *arena = visit->arena;
	const char *own = pf_arena_print(arena, "<link href=\"https://%s%s\">", host, visit->path);
	const char *technical = visit->world->debug ? "DEBUG = True</code> " : "";
	if (visit->forwarded && visit->world->forwarded_passed)
		host = visit->forwarded;
	if (visit->forwarded && visit->world->forwarded_passed)
		own = pf_arena_print(arena, "<link href=\"https://%s%s\">", host, visit->path);
	if (!allows(visit, host))
		page(visit, 400, "We did not understand that", technical);
	else if (visit->ask->method && strcmp(visit->ask->method, "POST") == 0)
		page(visit, 403, "403 Forbidden", technical);
	else if (begins(visit->path, "/pf-"))
		page(visit, 404, "Nothing here", technical);
	else if (begins(visit->path, "/admin/") || begins(visit->path, "/accounts/"))
		page(visit, 200, "Log in", "");
	else
		page(visit, 200, "Shop", own);
	headers(visit);
}

/* nginx */

static void drop(struct visit *visit, enum pf_outcome outcome)
{
	visit->answer.outcome = outcome;
}

static void redirect(struct visit *visit, const char *location)
{
	page(visit, visit->world->plain_status ? visit->world->plain_status : 301, NULL, "");
	visit->answer.http.location = location;
}

static const char *header_of(const struct pf_ask_http *ask, const char *name)
{
	for (size_t i = 0; i < ask->headers.count; i++)
		if (begins(ask->headers.at[i], name))
			return ask->headers.at[i] + strlen(name);
	return NULL;
}

static void plain(struct visit *visit, const char *host)
{
	const char *to = visit->world->plain_location;
	if (!is_ours(host)) {
		if (visit->world->unknown_http_reflected)
			redirect(visit,
			         pf_arena_print(visit->arena, "https://%s%s", host, visit->path));
		else
			drop(visit, PF_hung_up);
	} else if (visit->world->plain_served ||
	           (visit->world->claim_believed && header_of(visit->ask, "X-Forwarded-Proto: "))) {
		django(visit, host);
	} else {
		to = to ? to : pf_arena_print(visit->arena, "https://%s", host);
		redirect(visit, pf_arena_print(visit->arena, "%s%s", to, visit->path));
	}
}

/* Does a server block of the site claim this name? */
static bool claimed(const struct visit *visit, const char *host)
{
	const struct world *world = visit->world;
	bool part = ends(host, "shop.test") && !strchr(host, '.');
	part = part || begins(host, "shop.test");
	part = part || (ends(host, "shop.test") && strcspn(host, ".") == strlen(host) - 5);
	return is_ours(host) || (world->suffix_matched && part) ||
	       (world->wildcard && ends(host, ".shop.test")) ||
	       (world->ip_served && (strcmp(host, V4) == 0 || strcmp(host, "[" V6 "]") == 0));
}

/* The pattern that the Host header, as it was sent, must match inside the site's server. */
static bool guarded(const struct visit *visit, const char *sent)
{
	if (visit->world->http_host_passed)
		return true;
	const char *bare = without_port(visit->arena, sent), *port = sent + strlen(bare);
	bool fine = !*port || strcmp(port, ":443") == 0 || visit->world->port_echoed;
	return fine && claimed(visit, bare);
}

static const char *passed(const struct visit *visit, const char *host)
{
	if (visit->world->suffix_matched)
		return "shop.test";
	bool raw = visit->world->http_host_passed || visit->world->port_echoed;
	return raw && visit->host ? visit->host : host;
}

/* Static files: one there is, the rest there is not. */
static bool is_file(const struct visit *visit)
{
	return begins(visit->path, "/static") || begins(visit->path, "/media");
}

static void serve_file(struct visit *visit)
{
	static const char *const list[] = {
		"content-type: text/css",
		"etag: \"65-1\"",
		"x-content-type-options: nosniff",
		"content-disposition: attachment",
		"x-frame-options: DENY",
		"referrer-policy: same-origin",
		("content-security-policy: default-src 'none'; object-src 'none'; "
	         "frame-ancestors 'none'"),
		"strict-transport-security: max-age=31536000; includeSubDomains; preload",
	};
	if (strcmp(visit->path, "/static/admin/css/base.css") == 0)
		page(visit, 200, NULL, "body {}");
	else
		page(visit, 404, "404 Not Found", "<center>nginx</center>");
	visit->answer.http.headers = (struct pf_words){list, PF_COUNT(list)};
}

static void front(struct visit *visit)
{
	const struct world *world = visit->world;
	bool known = claimed(visit, visit->sni);
	if (visit->https && !known && !world->unknown_sni_accepted) {
		drop(visit, PF_tls_failed);
		return;
	}
	if (visit->malformed) {
		page(visit, 400, "400 Bad Request", "<center>nginx</center>");
		return;
	}
	const char *sent = visit->host ? visit->host : "";
	const char *host = visit->target ? visit->target : without_port(visit->arena, sent);
	if (!visit->https)
		plain(visit, host);
	else if (world->connection_pinned && visit->ask->exact_after)
		django(visit, "shop.test");
	else if (claimed(visit, host) && guarded(visit, sent) && is_file(visit))
		serve_file(visit);
	else if (claimed(visit, host) && guarded(visit, sent))
		django(visit, passed(visit, host));
	else if (!claimed(visit, host) && world->unknown_host_proxied && *host)
		django(visit, host);
	else
		drop(visit, PF_hung_up);
}

/* Requests in their very bytes */

static const char *line_of(struct pf_arena *arena, const char *text)
{
	const char *end = strstr(text, "\\r\\n");
	return pf_arena_copy_bytes(arena, text, end ? (size_t)(end - text) : strlen(text));
}

static void read_target(struct visit *visit, const char *target)
{
	const char *slashes = begins(target, "https://") ? target + 8 : NULL;
	visit->path = head(visit->arena, slashes ? strchr(slashes, '/') : target, " ");
	visit->target = slashes ? head(visit->arena, slashes, "/") : NULL;
}

static void read_exact(struct visit *visit, const char *text)
{
	struct pf_arena *arena = visit->arena;
	size_t named = 0;
	visit->host = NULL;
	read_target(visit, text + strlen("GET "));
	bool old = strstr(line_of(arena, text), "HTTP/1.0") != NULL;
	for (const char *at = strstr(text, "\\r\\n"); at && at[4]; at = strstr(at + 4, "\\r\\n")) {
		const char *line = line_of(arena, at + 4);
		if (begins(line, "Host: ")) {
			visit->host = line + 6;
			named++;
		}
		if (line[0] == ' ' || begins(line, "Host :") || strcmp(line, "Host:") == 0 ||
		    begins(line, "Content-Length: pf"))
			visit->malformed = true;
	}
	visit->malformed = visit->malformed || named > 1 || (named == 0 && !old);
}

static struct pf_answer http(struct pf_arena *arena, const struct world *world,
                             const struct pf_ask_http *ask)
{
	struct visit visit = {.arena = arena, .world = world, .ask = ask};
	const char *rest = strstr(ask->url, "//") + 2;
	const char *name = head(arena, rest, "/");
	visit.https = begins(ask->url, "https:");
	visit.answer = (struct pf_answer){.kind = PF_KIND_http};
	visit.sni = name[0] == '[' || isdigit((unsigned char)name[0]) ? "" : name;
	visit.path = strchr(rest, '/');
	visit.host = ask->host ? ask->host : name;
	visit.forwarded = header_of(ask, "X-Forwarded-Host: ");
	visit.origin = header_of(ask, "Origin: ");
	if (ask->exact)
		read_exact(&visit, ask->exact_after ? ask->exact_after : ask->exact);
	front(&visit);
	return visit.answer;
}

/* TLS */

static struct pf_answer tls(struct pf_arena *arena, const struct world *world,
                            const struct pf_ask_tls *ask)
{
	struct pf_answer answer = {.kind = PF_KIND_tls, .outcome = PF_tls_failed, .at = NOW};
	bool current = strcmp(ask->most ? ask->most : "1.3", "1.2") >= 0;
	bool dh = ask->ciphers && strcmp(ask->ciphers, "kDHE") == 0;
	bool v6 = strchr(ask->address, ':') != NULL;
	if ((!current && !world->old_tls) || dh)
		return answer;
	answer.outcome = PF_answered;
	answer.tls = (struct pf_facts_tls){
		.version = ask->most ? ask->most : "1.3",
		.cipher = "TLS_AES_256_GCM_SHA384",
		.sent = 2,
		.issuer = "CN=Some CA",
		.serial = v6 && world->other_on_v6 ? "02" : "01",
		.fingerprint = v6 && world->other_on_v6 ? "other" : "one",
		.names = pf_arena_words(arena, 2, hosts),
		.not_before = NOW - 20 * 86400,
		.not_after = NOW + (world->expires_soon ? 5 : 70) * 86400,
		.key = "EC",
		.key_bits = 256,
		.signature = "ecdsa-with-SHA256",
		.name_matches = ask->name && is_ours(ask->name),
		.distrust = ask->name && world->untrusted ? "self-signed certificate" : NULL,
	};
	return answer;
}

/* Everything else */

static struct pf_answer resolve(const struct pf_ask_resolve *ask)
{
	static const char *const app[] = {V4, V6}, *const db[] = {"10.203.7.20"};
	bool is_db = strcmp(ask->host, "db1") == 0 || strcmp(ask->host, "cache1") == 0;
	struct pf_answer answer = {.kind = PF_KIND_resolve, .outcome = PF_answered};
	answer.resolve.addresses = is_db ? (struct pf_words){db, 1} : (struct pf_words){app, 2};
	return answer;
}

/* To the app, with its password: who it is, and what it knows of others. */
static struct pf_words interview(struct pf_arena *arena, const struct world *world)
{
	static const char denied[] = "-NOPERM this user has no permissions to run the command";
	const char *const replies[] = {
		"*14 $server $redis $version $7.0.15 $proto :2 $id :5 $mode $standalone",
		world->replication ? world->replication : "$role:master\\r\\n",
		denied,
		denied,
		denied,
		denied,
		denied,
		denied,
		denied,
	};
	return pf_arena_words(arena, PF_COUNT(replies), replies);
}

static struct pf_answer redis(struct pf_arena *arena, const struct pf_ask_redis *ask,
                              const struct world *world, bool app)
{
	bool there = ask->port == 6379 && strcmp(ask->address, "10.203.7.20") == 0;
	struct pf_answer answer = {.kind = PF_KIND_redis, .outcome = PF_refused};
	if (!there || !(world->redis_open || app))
		return answer;
	answer.outcome = ask->tls ? PF_answered : PF_hung_up;
	if (!ask->tls)
		return answer;
	static const char *const auth[] = {"-NOAUTH Authentication required."};
	if (ask->credentials) {
		answer.redis.login = "+OK";
		answer.redis.replies = interview(arena, world);
		return answer;
	}
	const char *const in[] = {
		"+PONG", pf_arena_print(arena, "$%s", strchr(ask->commands.at[1], ' ') + 1),
		"-ERR unknown command 'PFNONSENSE'"};
	answer.redis.replies =
		world->redis_open ? pf_arena_words(arena, 3, in) : pf_arena_words(arena, 1, auth);
	return answer;
}

static struct pf_answer postgres(const struct pf_ask_postgres *ask, bool open, bool app)
{
	struct pf_answer answer = {.kind = PF_KIND_postgres, .outcome = PF_silent};
	if (!open && !app)
		return answer;
	answer.outcome = PF_answered;
	answer.postgres = ask->tls ? (struct pf_facts_postgres){.tls = "S",
	                                                        .message = "R",
	                                                        .auth = open ? 0 : 10}
	                           : (struct pf_facts_postgres){.message = "E",
	                                                        .sqlstate = "28000",
	                                                        .routine = "ClientAuthentication"};
	return answer;
}

/* The app's own login: a role without rights, on a server that still gets fixes. */
static struct pf_answer sql(bool app)
{
	static const char *const cells[] = {
		"version.0.number=170006",
		"version.0.name=17.6",
		"role.0.name=shop",
		"public_schema.0.create=f",
		"hba.0.line=1",
		"hba.0.type=hostssl",
		"hba.0.address=10.203.7.10",
		"hba.0.netmask=255.255.255.255",
		"hba.0.method=scram-sha-256",
		"hba.0.users={shop}",
		"archiver.0.mode=off",
		"activity.0.transactions=90000",
		"activity.0.sessions=300",
	};
	struct pf_answer answer = {.kind = PF_KIND_sql, .outcome = PF_silent, .at = 1800000000};
	if (!app)
		return answer;
	answer.outcome = PF_answered;
	answer.sql = (struct pf_facts_sql){
		.connected = true, .tls = "TLSv1.3", .cells = {cells, PF_COUNT(cells)}};
	return answer;
}

static struct pf_answer raw(const struct pf_ask_raw *ask, const struct world *world, bool app)
{
	struct pf_answer answer = {.kind = PF_KIND_raw, .outcome = PF_refused};
	if (ask->port == 443 && ask->send)
		answer.raw.reply = "\\x15\\x03\\x03\\x00\\x02\\x02\\x28";
	if (ask->port == 443 && ask->send && world->rc4_taken && strstr(ask->send, "\\xc0\\x11"))
		answer.raw.reply = "\\x16\\x03\\x03\\x00\\x30\\x02\\x00\\x00\\x2c\\x03\\x03"
				   "0123456789abcdef0123456789abcdef\\x00\\xc0\\x11\\x00";
	if (ask->port == 443 || ask->port == 80 || (ask->port == 8000 && world->backend_open))
		answer.outcome = PF_answered;
	if (strcmp(ask->transport, "udp") == 0)
		return (struct pf_answer){.kind = PF_KIND_raw, .outcome = PF_silent};
	if (ask->port == 11211)
		answer.outcome = app ? PF_answered : PF_silent;
	if (ask->port == 11211 && app)
		answer.raw.reply = "VERSION 1.6.18\\r\\n";
	return answer;
}

static struct pf_answer files(const struct pf_ask_file *ask)
{
	const char *pattern = ask->patterns.count ? ask->patterns.at[0] : "";
	bool media = strstr(pattern, "media") != NULL;
	bool sealed = strstr(pattern, ".age") != NULL;
	static const struct pf_entry copies[] = {{.path = "/var/backups/shop/db-1.dump.age",
	                                          .type = "file",
	                                          .mode = 0600,
	                                          .owner = "backup",
	                                          .group = "backup",
	                                          .size = 5000,
	                                          .modified = NOW - 3600},
	                                         {.path = "/var/backups/shop/media-1.tar.gz",
	                                          .type = "file",
	                                          .mode = 0600,
	                                          .owner = "backup",
	                                          .group = "backup",
	                                          .size = 5000,
	                                          .modified = NOW - 3600},
	                                         {.path = "/var/backups/shop/media-1.tar.age",
	                                          .type = "file",
	                                          .mode = 0600,
	                                          .owner = "backup",
	                                          .group = "backup",
	                                          .size = 5000,
	                                          .modified = NOW - 3600}};
	struct pf_answer answer = {.kind = PF_KIND_file, .outcome = PF_answered};
	answer.file = (struct pf_facts_file){.now = NOW,
	                                     .matched = (int64_t)ask->patterns.count,
	                                     .files = {&copies[media + (media && sealed)], 1}};
	return answer;
}

static struct pf_answer archive(const struct pf_ask_archive *ask)
{
	static const char *const names[] = {"shop"};
	struct pf_answer answer = {.kind = PF_KIND_archive, .outcome = PF_answered};
	bool sealed = strstr(ask->path, ".age") != NULL;
	answer.archive = (struct pf_facts_archive){
		.encrypted = sealed,
		.form = sealed ? "age" : "tar",
		.proven = sealed ? "its head" : "all of it",
		.size = 5000,
		.entries = 20,
		.table_count = 10,
		.databases = {names, 1},
		.trailer = true,
	};
	return answer;
}

/* What Django tells of a healthy shop, whatever it is asked: its settings, its checks, its log. */
#define DJANGO_TELLS                                                                               \
	"postflight secret_key=60 30 False 00ff\\npostflight caches_set=True\\n"                   \
	"postflight template=django.template.backends.django.DjangoTemplates False True\\n"        \
	"postflight cache=default django.core.cache.backends.redis.RedisCache -\\n"                \
	"postflight session_engine=django.contrib.sessions.backends.cached_db\\n"                  \
	"postflight session_app=True\\npostflight sessions=9 1 0\\n"                               \
	"postflight database=default django.db.backends.postgresql 60 True False\\n"               \
	"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\n"                  \
	"postflight email_server=mail1 25 none\\npostflight admins=1\\npostflight managers=0\\n"   \
	"postflight mail_hello=250\\npostflight repository=\\n"
#define DJANGO_CHECKS "postflight error_view=404 template\\npostflight checked=True\\n"
#define DJANGO_LOGS                                                                                \
	"postflight looked_at=/var/log/shop.log read\\npostflight mark=0 /var/log/shop.log\\n"     \
	"postflight mark=1 -\\npostflight end=settings\\npostflight end=places\\n"                 \
	"postflight end=deploy\\npostflight end=sessions\\npostflight end=mail\\n"                 \
	"postflight end=history\\npostflight end=marks\\n"

static struct pf_answer exec(struct pf_arena *arena, const struct world *world)
{
	struct pf_answer answer = {.kind = PF_KIND_exec, .outcome = PF_answered};
	answer.exec.output = pf_arena_print(
		arena,
		"postflight django=5.2\\npostflight debug=%s\\npostflight allowed_host=%s\\n"
		"postflight use_x_forwarded_host=%s\\n"
		"postflight session_cookie_secure=True\\npostflight csrf_cookie_secure=True\\n"
		"postflight session_cookie_httponly=True\\n"
		"postflight session_cookie_samesite=Lax\\npostflight csrf_cookie_samesite=Lax\\n"
		"postflight csrf_use_sessions=False\\n"
		"postflight static_root=/var/www/shop/static\\n"
		"postflight media_root=/var/lib/shop/media\\n"
		"postflight static_path=/var/www/shop/static\\n"
		"postflight media_path=/var/lib/shop/media\\npostflight project=/srv/shop\\n"
		"postflight secret_key_file=/etc/shop/secret_key\\n%s%s%s",
		world->debug ? "True" : "False", world->star ? "*" : "shop.test",
		world->forwarded_passed ? "True" : "False", DJANGO_TELLS, DJANGO_CHECKS,
		DJANGO_LOGS);
	return answer;
}

/* Each machine has an address of its own. */
static struct pf_answer processes(const struct pf_question *question, bool app)
{
	static const char *const on_app1[] = {"10.203.7.10"}, *const elsewhere[] = {"10.203.7.30"};
	struct pf_answer answer = disk_answer(question);
	answer.process.addresses = (struct pf_words){app ? on_app1 : elsewhere, 1};
	return answer;
}

static struct pf_answer answer_to(struct pf_arena *arena, const struct world *world,
                                  const struct pf_vantage *vantage,
                                  const struct pf_question *question)
{
	bool app = strcmp(vantage->role, "app") == 0;
	struct pf_answer served;
	switch (question->kind) {
	case PF_KIND_resolve:
		return resolve(&question->resolve);
	case PF_KIND_http:
		return disk_serves(&question->http, &served) ? served
		                                             : http(arena, world, &question->http);
	case PF_KIND_tls:
		return tls(arena, world, &question->tls);
	case PF_KIND_raw:
		return raw(&question->raw, world, app);
	case PF_KIND_redis:
		return redis(arena, &question->redis, world, app);
	case PF_KIND_postgres:
		return postgres(&question->postgres, world->postgres_open, app);
	case PF_KIND_sql:
		return sql(app);
	case PF_KIND_tree:
	case PF_KIND_access:
	case PF_KIND_canary:
		return disk_answer(question);
	case PF_KIND_process:
		return processes(question, app);
	case PF_KIND_file:
		return files(&question->file);
	case PF_KIND_archive:
		return archive(&question->archive);
	case PF_KIND_exec:
		return exec(arena, world);
	default:
		return (struct pf_answer){.kind = question->kind, .outcome = PF_answered};
	}
}

/* Answers all that is asked by now. */
static void answer_plan(struct pf_arena *arena, const struct world *world,
                        const struct pf_vantage *vantage, struct pf_plan *plan)
{
	do {
		for (size_t i = 0; i < pf_plan_count(plan); i++) {
			if (pf_plan_answer(plan, i))
				continue;
			struct pf_answer *answer = pf_arena_take(arena, sizeof *answer);
			*answer = answer_to(arena, world, vantage, pf_plan_question(plan, i));
			pf_plan_set(plan, i, answer);
		}
	} while (pf_plan_advance(plan));
}

struct pf_plan *world_plan(struct pf_arena *arena, const struct world *world,
                           const struct pf_site *site, const struct pf_vantage *vantage)
{
	struct pf_selection all = {0};
	const char *canary = strcmp(vantage->name, "bastion") == 0 ? CANARY : CANARY_2;
	struct pf_plan *plan = pf_plan_new(arena, site, vantage, canary, &all);
	answer_plan(arena, world, vantage, plan);
	return plan;
}

/* What one has learned, the other is taught. */
static void teach(struct pf_plan *to, const struct pf_plan *from)
{
	for (size_t i = 0; i < pf_plan_lesson_count(from); i++)
		pf_plan_learn(to, *pf_plan_lesson(from, i));
}

struct pf_audit *world_audit(struct pf_arena *arena, const struct world *world)
{
	struct pf_vantage_evidence *evidence = pf_arena_array(arena, 2, sizeof *evidence);
	struct pf_selection all = {0};
	struct pf_plan *plans[2];
	for (size_t i = 0; i < shop.vantage_count; i++)
		plans[i] = world_plan(arena, world, &shop, &vantages[i]);
	for (size_t round = 0; round < PF_ROUNDS; round++)
		for (size_t i = 0; i < 2; i++) {
			teach(plans[i], plans[1 - i]);
			pf_plan_advance(plans[i]);
			answer_plan(arena, world, &vantages[i], plans[i]);
		}
	for (size_t i = 0; i < 2; i++)
		evidence[i] = pf_plan_evidence(plans[i], "complete", NULL);
	return pf_evaluate(arena, &shop, pf_probe_count, pf_probes, 2, evidence, &all, NULL,
	                   1800000000);
}
