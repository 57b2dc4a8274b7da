/* Every limit of the program, on one page. */
#ifndef PF_BASE_LIMITS_H
#define PF_BASE_LIMITS_H

enum {
	/* Time, microseconds unless said. */
	PF_CONNECT_US = 3 * 1000 *
	                1000, /* TCP accept; with TLS handshake it is PF_EXCHANGE_US that ends it */
	PF_EXCHANGE_US = 8 * 1000 * 1000, /* one network question, from connect to the last byte */
	PF_BRISK_US = 500 * 1000, /* an answer within is no sign that the peer is busy */
	PF_SLOW_US = 1500 * 1000, /* one that takes longer is */
	PF_FAR_US = 25 * 1000, /* a round trip of that length is most of what a request takes */
	PF_LOOKUP_US = 4 * 1000 * 1000,   /* one name */
	PF_HOST_QUESTION_US = 30 * 1000 * 1000, /* one walk, listing or command */
	PF_PASSWORD_US = 5 * 1000 * 1000, /* for a password_command to print it */
	PF_DEADLINE_S = 60,                     /* of a run, unless --deadline says otherwise */

	PF_RETRY_PAUSE_US = 5 * 1000 * 1000, /* between two audits of a site that settles */

	PF_PUT_OFF_S = 20, /* the longest Retry-After (RFC 9110, 10.2.3) that is waited for */
	PF_PUT_OFF_DEFAULT_S = 2, /* where a 429 does not say how long */

	/* Bytes. */
	PF_HEADER_BYTES = 256 * 1024, /* of one HTTP response: headers, 1xx and trailers together */
	PF_HEADER_COUNT = 64,         /* kept as facts */
	PF_HEADER_TEXT = 1024,        /* of one header kept */
	PF_POLICY_TEXT = 8 * 1024,    /* of a Content-Security-Policy kept */
	PF_BODIES_BYTES = 12 * 1024 * 1024, /* of all bodies held at once: beyond, only the first */
	PF_BODY_SHARE = 128 * 1024,         /* of each are kept */
	PF_BODY_BYTES = 1024 * 1024,  /* of one decoded HTTP body */
	PF_REPLY_BYTES = 64 * 1024,   /* of any reply of a raw, redis or postgres peer */
	PF_RAW_KEPT = 4096,
	PF_DETAIL_BYTES = 256,
	PF_OUTPUT_BYTES = 1024 * 1024, /* of a command's stdout or stderr */
	PF_LINE_BYTES = 1024 * 1024,   /* of one line of evidence or worker protocol */
	PF_SITE_FILE_BYTES = 1024 * 1024,
	PF_REPORT_FILE_BYTES = 64 * 1024 * 1024, /* of a JSON report that is read back */
	PF_EVIDENCE_BYTES = 256 * 1024 * 1024, /* of one evidence file */

	/* Memory. */
	PF_PARENT_ARENA = 512 * 1024 * 1024,
	PF_EVIDENCE_MEMORY = 14 * 1024 * 1024, /* that the answers of all vantages may take */
	PF_EVIDENCE_LEAST = 2 * 1024 * 1024,   /* of it, for each vantage however many they are */
	PF_WORKER_ARENA = 256 * 1024 * 1024,

	/* Counts. */
	PF_ADDRESSES_PER_FAMILY = 16,
	PF_IN_FLIGHT_PER_ADDRESS = 64, /* politeness: connections to one address at once */
	PF_REQUESTS_AT_FIRST = 32, /* of HTTP, in flight to one address; more as it answers briskly */
	PF_REQUESTS_AT_LEAST = 2, /* fewer when it is slow, down to these */
	PF_REQUESTS_AT_ONCE = 200,      /* of HTTP, to one address, before they are spread: above */
	PF_REQUESTS_PER_SECOND = 50,    /* what a healthy site is asked of one address */
	PF_REFUSALS = 3, /* answers "come back later" after which an address is left alone */
	PF_QUESTIONS = 20000,          /* of one vantage */
	PF_EVIDENCE_LINES = 200000,
	PF_LESSONS = 64,         /* of one run, what vantages learn from each other */
	PF_LESSON_BYTES = 256,   /* of one of them */
	PF_EXAMPLES = 20, /* entries shown of one trait */
	PF_FILE_ENTRIES = 1000,
	PF_HOST_WORKERS = 4,
};

#endif
