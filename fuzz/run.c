/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage: fuzz_TARGET [-n MUTATIONS] [-s SEED] FILE...

   Runs a target on files as they are and on MUTATIONS damaged forms of each, without libFuzzer.  The same
   file, seed and number always make the same bytes: "-n N -o OUT FILE" writes the N-th form instead of
   running it. Each file has a process of its own; a crash, or SECONDS of a processor without an end, is told
   with the number. */
#include "fuzz/target.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 20
#define GROWTH 4096

struct input {
	uint8_t *at;
	size_t n, cap;
};

static uint64_t next(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static size_t below(uint64_t *state, size_t n)
{
	return n ? (size_t)(next(state) % n) : 0;
}

static const uint64_t odd[] = {
    0,
    1,
    2,
    7,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    100000,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    1ull << 32,
    1ull << 40,
    1ull << 55,
    INT64_MAX >> 9,
    INT64_MAX,
    1ull << 63,
    UINT64_MAX,
    UINT64_MAX - 7,
    UINT64_MAX / 512,
};

static uint64_t odd_number(uint64_t *state)
{
	return odd[below(state, sizeof(odd) / sizeof(odd[0]))];
}

/* Room for what takes the place of `old` bytes at `at`. */
static void make_room(struct input *input, size_t at, size_t old, size_t new)
{
	if (new > old && input->n + (new - old) > input->cap)
		new = old;
	memmove(input->at + at + new, input->at + at + old, input->n - at - old);
	input->n = input->n - old + new;
}

/* A number in a text becomes another. */
static void change_number(struct input *input, uint64_t *state)
{
	size_t at = below(state, input->n), end;
	char digits[32];
	int len;

	while (at < input->n && (input->at[at] < '0' || input->at[at] > '9'))
		at++;
	for (end = at; end < input->n && input->at[end] >= '0' && input->at[end] <= '9';)
		end++;
	if (end == at)
		return;
	len = snprintf(digits, sizeof(digits), "%" PRIu64, odd_number(state));
	if (input->n + (size_t)len - (end - at) > input->cap)
		return;
	make_room(input, at, end - at, (size_t)len);
	memcpy(input->at + at, digits, (size_t)len);
}

static void change_bytes(struct input *input, uint64_t *state)
{
	size_t width = (size_t)1 << below(state, 4), at = below(state, input->n);
	uint64_t value = odd_number(state);

	if (width > input->n - at)
		width = input->n - at;
	if (next(state) % 2 == 0)
		value = __builtin_bswap64(value) >> (64 - 8 * width);
	memcpy(input->at + at, &value, width);
}

/* A piece is left out, or stands twice, or somewhere else as well. */
static void move_piece(struct input *input, uint64_t *state)
{
	size_t from = below(state, input->n), to = below(state, input->n);
	size_t len = 1 + below(state, input->n - from < 600 ? input->n - from : 600);
	uint8_t piece[600];

	if (len > input->n - from)
		len = input->n - from;
	if (len > sizeof(piece))
		len = sizeof(piece);
	if (next(state) % 2 == 0) {
		make_room(input, from, len, 0);
	} else if (input->n + len <= input->cap) {
		memcpy(piece, input->at + from, len);
		make_room(input, to, 0, len);
		memcpy(input->at + to, piece, len);
	}
}

static void mutate(struct input *input, uint64_t seed, unsigned number)
{
	uint64_t state = seed * 1000003 + number;
	size_t changes = (size_t)1 << below(&state, 5);

	for (; changes > 0 && input->n > 0; changes--) {
		size_t at = below(&state, input->n);

		switch (below(&state, 8)) {
		case 0:
			input->at[at] ^= (uint8_t)(1u << below(&state, 8));
			break;
		case 1:
			input->at[at] = (uint8_t)next(&state);
			break;
		case 2:
		case 3:
			change_bytes(input, &state);
			break;
		case 4:
		case 5:
			change_number(input, &state);
			break;
		case 6:
			move_piece(input, &state);
			break;
		default:
			if (below(&state, 8) == 0)
				input->n = at;
		}
	}
}

static int load(struct input *input, const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		perror(path);
		return -1;
	}
	rewind(file);
	input->n = (size_t)size;
	input->cap = input->n + GROWTH;
	input->at = malloc(input->cap);
	if (input->at == NULL || fread(input->at, 1, input->n, file) != input->n) {
		perror(path);
		return -1;
	}
	fclose(file);
	return 0;
}

/* The number-th form of a file in memory of its own, so that a read beyond its end is seen. */
static struct input form_of(const struct input *file, uint64_t seed, unsigned number)
{
	struct input form = {.at = malloc(file->cap), .n = file->n, .cap = file->cap};

	if (form.at == NULL)
		abort();
	memcpy(form.at, file->at, file->n);
	if (number > 0)
		mutate(&form, seed, number);
	return form;
}

/* Of a processor, whoever else is at work on the machine. */
static void limit(void)
{
	struct itimerval left = {.it_value.tv_sec = SECONDS};

	if (setitimer(ITIMER_PROF, &left, NULL) != 0)
		abort();
}

static void run_forms(const struct input *file, uint64_t seed, unsigned mutations,
		      volatile unsigned *progress)
{
	for (unsigned i = 0; i <= mutations; i++) {
		struct input form = form_of(file, seed, i);

		*progress = i;
		limit();
		LLVMFuzzerTestOneInput(form.at, form.n);
		free(form.at);
	}
}

/* 0, or 1 after a message. */
static int run_file(const char *path, uint64_t seed, unsigned mutations, volatile unsigned *progress)
{
	struct input file;
	pid_t child;
	int status;

	if (load(&file, path) != 0)
		return 1;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		run_forms(&file, seed, mutations, progress);
		free(file.at);
		exit(0);
	}
	free(file.at);
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, "FAILED: %s, form %u of seed %" PRIu64 ": %s %d\n", path, *progress, seed,
		WIFSIGNALED(status) ? "signal" : "status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return 1;
}

static int write_form(const char *path, const char *out, uint64_t seed, unsigned number)
{
	struct input file, form;
	FILE *to = fopen(out, "wb");

	if (to == NULL || load(&file, path) != 0)
		return 2;
	form = form_of(&file, seed, number);
	fwrite(form.at, 1, form.n, to);
	free(form.at);
	free(file.at);
	return fclose(to) == 0 ? 0 : 2;
}

int main(int argc, char **argv)
{
	volatile unsigned *progress =
	    mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned mutations = 0;
	uint64_t seed = 2010;
	const char *out = NULL;
	int option, failed = 0;

	while ((option = getopt(argc, argv, "n:s:o:")) != -1) {
		if (option == 'n')
			mutations = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'o')
			out = optarg;
		else
			return 2;
	}
	if (progress == MAP_FAILED || optind == argc)
		return 2;
	if (out != NULL)
		return write_form(argv[optind], out, seed, mutations);
	for (int i = optind; i < argc; i++)
		failed += run_file(argv[i], seed, mutations, progress);
	printf("%d files, %u forms of each, %d failed\n", argc - optind, mutations + 1, failed);
	return failed > 0;
}
