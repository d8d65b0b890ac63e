// SPDX-License-Identifier: Apache-2.0
// What libbpf says, in a bounded buffer, and the text of the last failure.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

#define LOG_SIZE 65536
#define ERROR_SIZE 8192
#define ERROR_LOG_LINES 20
#define ERROR_LOG_BYTES 6144

static char log_text[LOG_SIZE];
static size_t log_length;
static size_t log_call; /* where the lines of the current call begin */
static char last_error[ERROR_SIZE];

static void log_append(const char *text, size_t length)
{
	size_t drop = 0;

	if (length > LOG_SIZE) {
		text += length - LOG_SIZE;
		length = LOG_SIZE;
	}
	if (log_length + length > LOG_SIZE)
		drop = log_length + length - LOG_SIZE;
	memmove(log_text, log_text + drop, log_length - drop);
	log_length -= drop;
	log_call = log_call > drop ? log_call - drop : 0;
	memcpy(log_text + log_length, text, length);
	log_length += length;
}

static int on_print(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;
	int length;

	if (level == LIBBPF_DEBUG)
		return 0;
	length = vasprintf(&text, format, args);
	if (length < 0)
		return 0;
	log_append(text, length);
	free(text);
	return length;
}

void log_start(void)
{
	libbpf_set_print(on_print);
}

void log_begin_call(void)
{
	log_call = log_length;
}

/* The last lines that were logged during this call. */
static const char *log_tail(size_t *length)
{
	size_t at = log_length, end = log_length, lines = 0;

	while (at > log_call && end - at < ERROR_LOG_BYTES) {
		if (at < end && log_text[at - 1] == '\n' && ++lines == ERROR_LOG_LINES)
			break;
		at--;
	}
	*length = end - at;
	return log_text + at;
}

int fail(int error, const char *format, ...)
{
	size_t length, tail;
	const char *lines = log_tail(&tail);
	char reason[128];
	va_list args;

	va_start(args, format);
	vsnprintf(last_error, ERROR_SIZE - ERROR_LOG_BYTES, format, args);
	va_end(args);
	length = strlen(last_error);
	libbpf_strerror(error, reason, sizeof(reason));
	snprintf(last_error + length, ERROR_SIZE - length, ": %s%s%.*s", reason, tail ? "\n" : "", (int)tail, lines);
	return error;
}

int copy_text(const char *text, size_t length, char *out, int cap)
{
	if (!out || cap <= 0)
		return fail(-EINVAL, "no room for text");
	if (length > (size_t)cap - 1)
		length = cap - 1;
	memcpy(out, text, length);
	out[length] = 0;
	return length;
}

int st_last_error(char *out, int cap)
{
	return copy_text(last_error, strlen(last_error), out, cap);
}

int st_log(char *out, int cap)
{
	int length = copy_text(log_text, log_length, out, cap);

	if (length < 0)
		return length;
	memmove(log_text, log_text + length, log_length - length);
	log_length -= length;
	log_begin_call();
	return length;
}
