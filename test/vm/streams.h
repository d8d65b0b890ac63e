// SPDX-License-Identifier: Apache-2.0
// Streams that are not plain TCP: families of their own for the load. Those that the kernel lacks are left out.
#ifndef STIRLING_VM_STREAMS_H
#define STIRLING_VM_STREAMS_H

#include <linux/bpf.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define SOL_TLS 282
#define ALERT 21

static int is_of(const char *family, const char *prefix)
{
	return !strncmp(family, prefix, strlen(prefix));
}

/* "mptcp-inet": the client asks for MPTCP, the server does not, and the kernel falls back to TCP. */
static int protocol_of(const char *family, int server)
{
	const char *dash = strchr(family, '-');

	return is_of(server && dash ? dash + 1 : family, "mptcp") ? IPPROTO_MPTCP : 0;
}

/* Ways to send, of those at hand: the last one waits for news of its buffer, the one before the kernel's TLS refuses. */
static size_t sends_of(const char *family)
{
	return COUNT(SENDS) - (is_of(family, "ktls") ? 2 : is_of(family, "sockmap") ? 1 : 0);
}

/* kTLS, with the same key everywhere. */

static int encrypt(int fd, int way)
{
	struct tls12_crypto_info_aes_gcm_128 key = { .info = { .version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128 } };

	return setsockopt(fd, SOL_TLS, way, &key, sizeof(key));
}

static int speaks_tls(int fd)
{
	return !setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls"));
}

/* A record that is no data: it must not come in between. */
static void alert(int from, int to)
{
	char control[CMSG_SPACE(1)] = { 0 }, text[] = { 1, 0 };
	struct iovec part = { text, sizeof(text) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *kind = CMSG_FIRSTHDR(&message);

	*kind = (struct cmsghdr){ .cmsg_len = CMSG_LEN(1), .cmsg_level = SOL_TLS, .cmsg_type = TLS_SET_RECORD_TYPE };
	*CMSG_DATA(kind) = ALERT;
	need(sendmsg(from, &message, 0) == sizeof(text), "alert");
	message.msg_controllen = sizeof(control);
	need(recvmsg(to, &message, 0) == sizeof(text) && *CMSG_DATA(kind) == ALERT, "alert received");
}

/* What comes before is a handshake. */
static void start_tls(int client, int server)
{
	char text[6];

	need(send(client, "before", 6, 0) == 6 && recv(server, text, 6, MSG_WAITALL) == 6, "before TLS");
	need(speaks_tls(client) && speaks_tls(server), "TCP_ULP");
	need(!encrypt(client, TLS_TX) && !encrypt(server, TLS_RX) && !encrypt(server, TLS_TX) && !encrypt(client, TLS_RX), "TLS");
	alert(client, server);
	alert(server, client);
}

/* Two sockmaps, an end in each, whose programs hand what is sent straight to the other end, past TCP. */

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int new_sockmap(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_SOCKMAP, .key_size = 4, .value_size = 4, .max_entries = 1 };

	return bpf(BPF_MAP_CREATE, &attr);
}

/* return bpf_msg_redirect_map(msg, to, 0, BPF_F_INGRESS) */
static void redirect(int from, int to)
{
	struct bpf_insn program[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 2, .src_reg = BPF_PSEUDO_MAP_FD, .imm = to },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = BPF_F_INGRESS },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_msg_redirect_map },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_SK_MSG, .insns = (unsigned long)program, .insn_cnt = COUNT(program),
				.license = (unsigned long)"GPL" };
	union bpf_attr attach = { .target_fd = from, .attach_bpf_fd = bpf(BPF_PROG_LOAD, &load), .attach_type = BPF_SK_MSG_VERDICT };

	need(!bpf(BPF_PROG_ATTACH, &attach), "sk_msg");
}

static void put(int map, int fd)
{
	int key = 0;
	union bpf_attr attr = { .map_fd = map, .key = (unsigned long)&key, .value = (unsigned long)&fd };

	need(!bpf(BPF_MAP_UPDATE_ELEM, &attr), "sockmap");
}

static void enter_sockmap(int client, int server)
{
	int of_client = new_sockmap(), of_server = new_sockmap();

	redirect(of_client, of_server);
	redirect(of_server, of_client);
	put(of_client, client);
	put(of_server, server);
}

/* Any: a socket that is connected to itself. */
static int knows_tls(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), known;

	need(!bind(fd, (struct sockaddr *)&self, sizeof(self)), "bind");
	need(!getsockname(fd, (struct sockaddr *)&self, &(socklen_t){ sizeof(self) }), "getsockname");
	need(!connect(fd, (struct sockaddr *)&self, sizeof(self)), "connect to itself");
	known = speaks_tls(fd) && !encrypt(fd, TLS_TX);
	close(fd);
	return known;
}

static int works(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int is_there(const char *family)
{
	if (is_of(family, "ktls"))
		return knows_tls();
	if (is_of(family, "sockmap"))
		return works(new_sockmap());
	if (protocol_of(family, 0) || protocol_of(family, 1))
		return works(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP));
	return 1;
}

/* What makes the connection one of its family. */
static void dress(const char *family, int client, int server)
{
	if (is_of(family, "ktls"))
		start_tls(client, server);
	if (is_of(family, "sockmap"))
		enter_sockmap(client, server);
}

/* kTLS one way: what is encrypted must not show, though the calls carry plaintext. */
static void half_encrypted(int client, int server)
{
	const char text[] = "GET /half HTTP/1.1\r\nhost: x\r\n\r\n", answer[] = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
	char data[sizeof(text) + sizeof(answer)];

	need(speaks_tls(client) && speaks_tls(server), "TCP_ULP");
	need(!encrypt(client, TLS_TX) && !encrypt(server, TLS_RX), "TLS one way");
	for (int i = 0; i < 3; i++) {
		need(send(client, text, sizeof(text) - 1, 0) > 0 && recv(server, data, sizeof(data), 0) == sizeof(text) - 1, "half");
		need(send(server, "\x17\x03\x03\x00\x40", 5, 0) > 0 && recv(client, data, sizeof(data), 0) == 5, "half");
	}
}

#endif
