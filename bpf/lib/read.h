/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Fields of the kernel's own structures. Nearly all that a filtered-out call costs is spent here. */
#ifndef STIRLING_READ_H
#define STIRLING_READ_H

/* Since 6.2 the verifier takes our word for what a pointer is, and a field of it is one guarded load. */
extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* Not inline: the compiler would give each field a place of its own on the stack, of which there are 512 bytes. */
static __noinline u64 read_by_helper(const void *from, u64 bytes)
{
	u64 value = 0;

	if (bytes <= sizeof(value))
		bpf_probe_read_kernel(&value, bytes, from);
	return value;
}

/* One field, of one object, by value (little-endian); before 6.2 a call of a helper. What cannot be read is 0. */
#define READ(pointer, field)                                                                                        \
	({                                                                                                          \
		__auto_type object_ = (pointer);                                                                    \
		___type(object_, field) value_;                                                                     \
		if (bpf_rdonly_cast)                                                                                \
			value_ = ((typeof(object_))bpf_rdonly_cast(object_,                                         \
								   bpf_core_type_id_kernel(typeof(*object_))))      \
					 ->field;                                                                   \
		else                                                                                                \
			value_ = (___type(object_, field))read_by_helper(                                           \
				__builtin_preserve_access_index(&object_->field), sizeof(value_));                  \
		value_;                                                                                             \
	})

#endif
