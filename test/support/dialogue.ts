import { Direction } from '../../src/kernel/intf.gen.js'
import { closeEvent, connEvent, dataEvent } from './events.js'

const { SEND, RECV } = Direction
/** Bytes that come, at this position. */
export const recv = (position: number, bytes: string, fields = {}): Buffer => dataEvent(RECV, position, bytes, fields)
/** Bytes that go, at this position. */
export const send = (position: number, bytes: string, fields = {}): Buffer => dataEvent(SEND, position, bytes, fields)

// An end where a server is asked one and two.
export const CONN = connEvent()
export const ASKED = recv(0, 'Qone\n', { time: 10 })
export const TOLD = send(0, 'Aeins\n', { time: 20 })
export const ASKED_2 = recv(5, 'Qtwo\n', { time: 30 })
export const TOLD_2 = send(6, 'Azwei\n', { time: 40 })
export const CLOSE_NS = 50
export const CLOSE = closeEvent([12, 10], { time: CLOSE_NS })
export const BOTH = ['one>eins', 'two>zwei']
