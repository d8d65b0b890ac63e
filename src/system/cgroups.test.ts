import { CgroupPaths, cgroupDirectories, containerOf, pathIn } from './cgroups.js'

const ID = '3f4a9c0b12de'.padEnd(64, '7')
const POD = '0a1b2c3d-1111-2222-3333-444455556666'

test.each([
  ['docker, systemd driver', `/system.slice/docker-${ID}.scope`, `docker:${ID}`],
  ['docker, cgroupfs driver', `/docker/${ID}`, `docker:${ID}`],
  ['docker with systemd inside', `/docker/${ID}/init.scope`, `docker:${ID}`],
  ['docker in docker: the inner one', `/docker/${ID}/docker/${'e'.repeat(64)}`, `docker:${'e'.repeat(64)}`],
  [
    'containerd of Kubernetes',
    `/kubepods.slice/kubepods-pod${POD}.slice/cri-containerd-${ID}.scope`,
    `containerd:${ID}`,
  ],
  [
    'containerd, cgroupfs driver',
    `/system.slice/containerd.service/kubepods-pod1:cri-containerd:${ID}`,
    `containerd:${ID}`,
  ],
  ['nerdctl', `/user.slice/nerdctl-${ID}.scope`, `containerd:${ID}`],
  ['CRI-O', `/kubepods.slice/kubepods-pod${POD}.slice/crio-${ID}.scope`, `cri-o:${ID}`],
  ['podman', `/machine.slice/libpod-${ID}.scope/container`, `podman:${ID}`],
  ['podman of a user', `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`, `podman:${ID}`],
  ['podman, cgroupfs driver', `/libpod_parent/libpod-${ID}`, `podman:${ID}`],
  ['Kubernetes, cgroupfs driver: the runtime is not said', `/kubepods/besteffort/pod${POD}/${ID}`, `kubernetes:${ID}`],
  ['ECS', `/ecs/${'b'.repeat(32)}/${'c'.repeat(32)}-1234567890`, `ecs:${'c'.repeat(32)}-1234567890`],
  ['LXC', '/lxc.payload.web/system.slice/nginx.service', 'lxc:web'],
  ['LXC of old', '/lxc/web', 'lxc:web'],
  ['systemd-nspawn', '/machine.slice/machine-my\\x2dbox.scope/payload', 'nspawn:my-box'],
  ['an id whose maker is not known', `/somewhere/${ID}`, `container:${ID}`],
  ['a unit', '/system.slice/nginx.service', 'systemd:nginx.service'],
  ['a unit of a user', '/user.slice/user-0.slice/user@0.service/app.slice/x.service', 'systemd:x.service'],
  ['an instance, escaped', '/system.slice/system-my\\x2dapp.slice/my\\x2dapp@1.service', 'systemd:my-app@1.service'],
  ['a session', '/user.slice/user-0.slice/session-3.scope', 'systemd:session-3.scope'],
  ["the monitor of a container is not in it: podman's", `/machine.slice/libpod-conmon-${ID}.scope`, null],
  ['the root', '/', null],
  ['a group with a short id', '/docker/3f4a', null],
])('%s', (_name, path, expected) => expect(containerOf(path)).toBe(expected))

test.each([
  ['cgroup v2', '0::/system.slice/a.service\n', '/system.slice/a.service'],
  ['both: v2 says more', '4:memory:/m\n1:name=systemd:/s\n0::/system.slice/a.service\n', '/system.slice/a.service'],
  ['both: v1 says more', `11:cpuset:/\n4:memory:/docker/${ID}\n1:name=systemd:/x\n0::/\n`, `/docker/${ID}`],
  ['a path with colons', '0::/a:b/c\n', '/a:b/c'],
  ['the root', '0::/\n', '/'],
  ['nothing', '', undefined],
])('the path in /proc/PID/cgroup: %s', (_name, text, expected) => expect(pathIn(text)).toBe(expected))

test('our own cgroup is found, and known by its id when the process has gone', () => {
  const paths = new CgroupPaths()
  const own = paths.of(process.pid, 1, 987_654_321)
  expect(own).toMatch(/^\//)
  expect(paths.of(4_194_305, 1, 987_654_321)).toBe(own)
  expect(paths.of(4_194_305, 1, 0)).toBeUndefined()
})

test('the cgroups of this machine', () => {
  const all = cgroupDirectories()
  for (const { id, path, level, folder } of all.slice(0, 50)) {
    expect(id).toBeGreaterThan(0)
    expect(folder.endsWith(path === '/' ? '' : path)).toBe(true)
    if (level !== undefined) expect(level).toBe(path.split('/').filter(Boolean).length)
  }
})
