/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Fields of the kernel's own structures. Nearly all that a filtered-out call costs is spent here. */
#ifndef STIRLING_READ_H
#define STIRLING_READ_H

/* Since 6.2 the verifier takes our word for what a pointer is, and a field of it is one guarded load. */
extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* One field, of one object, by value; before 6.2 a call of a helper. What cannot be read is 0. */
#define READ(pointer, field)                                                                                        \
	({                                                                                                          \
		__auto_type object_ = (pointer);                                                                    \
		___type(object_, field) value_ = 0;                                                                 \
		if (bpf_rdonly_cast)                                                                                \
			value_ = ((typeof(object_))bpf_rdonly_cast(object_,                                         \
								   bpf_core_type_id_kernel(typeof(*object_))))      \
					 ->field;                                                                   \
		else                                                                                                \
			bpf_core_read(&value_, sizeof(value_), &object_->field);                                    \
		value_;                                                                                             \
	})

#endif
