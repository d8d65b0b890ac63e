import type { Example, Turn } from './example.js'

const turns = (...lines: readonly string[]): Turn[] =>
  lines.map((line) => ({ from: line[0] === '>' ? 'client' : 'server', bytes: Buffer.from(line.slice(1), 'base64') }))

// A row a line: command, body, result, body of the answer, rows, affected rows.
const rows = (lines: string): object[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [req_cmd, req_body, resp_result, resp_body, resp_rows, resp_affected_rows] = JSON.parse(line) as unknown[]
      return { req_cmd, req_body, resp_result, resp_body, resp_rows, resp_affected_rows }
    })

/** captured: PyMySQL 1.2 and MariaDB 10.11. */
export const PYMYSQL: Example = {
  name: 'captured: PyMySQL 1.2 and MariaDB 10.11',
  alone: true,
  turns: turns(
    '<aAAAAAo1LjUuNS0xMC4xMS4xOS1NYXJpYURCLTArZGViMTJ1MS1sb2cAJwAAAHJ4J1NMZDV4AP73CAIA/4EVAAAAAAAAHQAAAH4yeCxtYXxuNVpIOABteXNxbF9uYXRpdmVfcGFzc3dvcmQA',
    '>jQAAAY2iOwD///8ALQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAYWxpY2UAFCSQv+AB0Lt+HBXM4hFYMYQYB02udGVzdABteXNxbF9uYXRpdmVfcGFzc3dvcmQANgxfY2xpZW50X25hbWUHcHlteXNxbA9fY2xpZW50X3ZlcnNpb24FMS4yLjQEX3BpZAUyMDMyNQ==',
    '<BwAAAgAAAAIAAAA=',
    '>EgAAAANTRVQgTkFNRVMgdXRmOG1iNA==',
    '<BwAAAQAAAAIAAAA=',
    '>GQAAAANkcm9wIHRhYmxlIGlmIGV4aXN0cyBweTE=',
    '<BwAAAQAAAAIAAAA=',
    '>PAAAAANjcmVhdGUgdGFibGUgcHkxKGlkIGludCBhdXRvX2luY3JlbWVudCBwcmltYXJ5IGtleSwgdiB0ZXh0KQ==',
    '<BwAAAQAAAAIAAAA=',
    '>LwAAAANpbnNlcnQgaW50byBweTEodikgdmFsdWVzKCdhJyksKCdiJyksKCfDvOKCrCcp',
    '<LgAAAQADAQIAAAAmUmVjb3JkczogMyAgRHVwbGljYXRlczogMCAgV2FybmluZ3M6IDA=',
    '>IgAAAANzZWxlY3QgKiBmcm9tIHB5MSB3aGVyZSB2PSfDvOKCrCc=',
    '<AQAAAQIkAAACA2RlZgR0ZXN0A3B5MQNweTECaWQCaWQMPwALAAAAAwNCAAAAIgAAAwNkZWYEdGVzdANweTEDcHkxAXYBdgwtAPz/AwD8EAAAAAAFAAAE/gAAIgAIAAAFATMFw7zigqwFAAAG/gAAIgA=',
    '>SwAAAANzZWxlY3QgMTsgc2VsZWN0IDIgdW5pb24gc2VsZWN0IDM7IHVwZGF0ZSBweTEgc2V0IHY9J3onOyBzZWxlY3QgNCBmcm9tIHB5MQ==',
    '<AQAAAQEXAAACA2RlZgAAAAExAAw/AAEAAAADgQAAAAAFAAAD/gAACgACAAAEATEFAAAF/gAACgA=',
    '<AQAABgEYAAAHA2RlZgAAAAEyATIMPwACAAAAAwEAAAAABQAACP4AACoAAgAACQEyAgAACgEzBQAAC/4AACoA',
    '<MAAADAADACoAAAAoUm93cyBtYXRjaGVkOiAzICBDaGFuZ2VkOiAzICBXYXJuaW5nczogMA==',
    '<AQAADQEXAAAOA2RlZgAAAAE0AAw/AAEAAAADgQAAAAAFAAAP/gAAIgACAAAQATQCAAARATQCAAASATQFAAAT/gAAIgA=',
    '>CgAAAANjYWxsIHAxKCk=',
    '<AQAAAQEXAAACA2RlZgAAAAExAAw/AAEAAAADgQAAAAAFAAAD/gAACgACAAAEATEFAAAF/gAACgA=',
    '<AQAABgEiAAAHA2RlZgR0ZXN0AnQxAnQxAmlkAmlkDD8ACwAAAAMDUAAAAAUAAAj+AAAqAAIAAAkBMQIAAAoBMgIAAAsBMwUAAAz+AAAqAA==',
    '<BwAADQAAACIAAAA=',
    '>HAAAAANzZWxlY3QgKiBmcm9tIG1pc3NpbmdfdGFibGU=',
    '<MQAAAf96BCM0MlMwMlRhYmxlICd0ZXN0Lm1pc3NpbmdfdGFibGUnIGRvZXNuJ3QgZXhpc3Q=',
    '>HAAAAANzZWxlY3QgMTsgc2VsZWMgMjsgc2VsZWN0IDM=',
    '<AQAAAQEXAAACA2RlZgAAAAExAAw/AAEAAAADgQAAAAAFAAAD/gAACgACAAAEATEFAAAF/gAACgCuAAAG/ygEIzQyMDAwWW91IGhhdmUgYW4gZXJyb3IgaW4geW91ciBTUUwgc3ludGF4OyBjaGVjayB0aGUgbWFudWFsIHRoYXQgY29ycmVzcG9uZHMgdG8geW91ciBNYXJpYURCIHNlcnZlciB2ZXJzaW9uIGZvciB0aGUgcmlnaHQgc3ludGF4IHRvIHVzZSBuZWFyICdzZWxlYyAyOyBzZWxlY3QgMycgYXQgbGluZSAx',
    '>AQAAAA4=',
    '<BwAAAQAAAAIAAAA=',
    '>BgAAAAJteXNxbA==',
    '<BwAAAQAAAAIAAAA=',
    '>FgAAAANzZWxlY3QgdXNlciBmcm9tIHVzZXI=',
    '<AQAAAQErAAACA2RlZgVteXNxbAR1c2VyBHVzZXIEVXNlcgRVc2VyDC0AAAIAAP6DQAAAAAUAAAP+AAAiAAYAAAQFYWxpY2UFAAAFBHJvb3QFAAAGBHJvb3QMAAAHC21hcmlhZGIuc3lzBQAACARyb290BQAACQRyb290BQAACv4AACIA',
    '>BQAAAAJ0ZXN0',
    '<BwAAAQAAAAIAAAA=',
    '>MAAAAANsb2FkIGRhdGEgbG9jYWwgaW5maWxlICdsb2FkLnR4dCcgaW50byB0YWJsZSB0Mg==',
    '<CQAAAftsb2FkLnR4dA==',
    '>FAAAAjEJb25lCjIJdHdvCjMJdGhyZWUK',
    '>AAAAAw==',
    '<NwAABAADAAIAAAAvUmVjb3JkczogMyAgRGVsZXRlZDogMCAgU2tpcHBlZDogMCAgV2FybmluZ3M6IDA=',
    '>HAAAAANzZWxlY3Qgc2VxIGZyb20gc2VxXzFfdG9fMzA=',
    '<AQAAAQE2AAACA2RlZgR0ZXN0C3NlcV8xX3RvXzMwC3NlcV8xX3RvXzMwA3NlcQNzZXEMPwAUAAAACCNQAAAABQAAA/4AACIAAgAABAExAgAABQEyAgAABgEzAgAABwE0AgAACAE1AgAACQE2AgAACgE3AgAACwE4AgAADAE5AwAADQIxMAMAAA4CMTEDAAAPAjEyAwAAEAIxMwMAABECMTQDAAASAjE1AwAAEwIxNgMAABQCMTcDAAAVAjE4AwAAFgIxOQMAABcCMjADAAAYAjIxAwAAGQIyMgMAABoCMjMDAAAbAjI0AwAAHAIyNQMAAB0CMjYDAAAeAjI3AwAAHwIyOAMAACACMjkDAAAhAjMwBQAAIv4AACIA',
    '>HAAAAANzZWxlY3QgKiBmcm9tIHB5MSB3aGVyZSAxPTA=',
    '<AQAAAQIkAAACA2RlZgR0ZXN0A3B5MQNweTECaWQCaWQMPwALAAAAAwNCAAAAIgAAAwNkZWYEdGVzdANweTEDcHkxAXYBdgwtAPz/AwD8EAAAAAAFAAAE/gAAAgAFAAAF/gAAAgA=',
    '>CQAAAANzZWxlY3QgNQ==',
    '<AQAAAQEXAAACA2RlZgAAAAE1AAw/AAEAAAADgQAAAAAFAAAD/gAAAgACAAAEATUFAAAF/gAAAgA=',
    '>AQAAAAE=',
  ),
  rows: rows(`
[11,"user=alice db=test",2,null,null,null]
[3,"SET NAMES utf8mb4",2,null,null,0]
[3,"drop table if exists py1",2,null,null,0]
[3,"create table py1(id int auto_increment primary key, v text)",2,null,null,0]
[3,"insert into py1(v) values('a'),('b'),('ü€')",2,"Records: 3  Duplicates: 0  Warnings: 0",null,3]
[3,"select * from py1 where v='ü€'",2,"Resultset rows = 1",1,null]
[3,"select 1; select 2 union select 3; update py1 set v='z'; select 4 from py1",2,"Resultset rows = 1, Resultset rows = 2, Resultset rows = 3",6,3]
[3,"call p1()",2,"Resultset rows = 1, Resultset rows = 3",4,0]
[3,"select * from missing_table",3,"Table 'test.missing_table' doesn't exist",null,null]
[3,"select 1; selec 2; select 3",3,"You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'selec 2; select 3' at line 1",1,null]
[14,null,2,null,null,0]
[2,"mysql",2,null,null,0]
[3,"select user from user",2,"Resultset rows = 6",6,null]
[2,"test",2,null,null,0]
[3,"load data local infile 'load.txt' into table t2",2,"Records: 3  Deleted: 0  Skipped: 0  Warnings: 0",null,3]
[3,"select seq from seq_1_to_30",2,"Resultset rows = 30",30,null]
[3,"select * from py1 where 1=0",2,"Resultset rows = 0",0,null]
[3,"select 5",2,"Resultset rows = 1",1,null]
[1,null,1,null,null,null]
  `),
}

/** captured: mysql2 3.24 and MariaDB 10.11, with EOF packets. */
export const MYSQL2_CLASSIC: Example = {
  name: 'captured: mysql2 3.24 and MariaDB 10.11, with EOF packets',
  alone: true,
  turns: turns(
    '<aAAAAAo1LjUuNS0xMC4xMS4xOS1NYXJpYURCLTArZGViMTJ1MS1sb2cAKgAAAFEzSVROZjkqAP73CAIA/4EVAAAAAAAAHQAAAGIzcmo7JkokczxrKgBteXNxbF9uYXRpdmVfcGFzc3dvcmQA',
    '>iAAAAc7zuwgAAAAA4AAAAAAAAAAAAAAAAAAAAAAAAAAIAAAAYWxpY2UAFLA40rsY9bB+h8gL36sImYdN06XFdGVzdABteXNxbF9uYXRpdmVfcGFzc3dvcmQAMQxfY2xpZW50X25hbWUMTm9kZS1NeVNRTC0yD19jbGllbnRfdmVyc2lvbgYzLjI0LjY=',
    '<EAAAAgAAAAJAAAAABwEFBHRlc3Q=',
    '>GAAAAANkcm9wIHRhYmxlIGlmIGV4aXN0cyBtMg==',
    '<BwAAAQAAAAIAAAA=',
    '>agAAAANjcmVhdGUgdGFibGUgbTIoaWQgaW50IHByaW1hcnkga2V5IGF1dG9faW5jcmVtZW50LCBhIGludCwgYiB2YXJjaGFyKDUwKSwgZCBkYXRldGltZSg2KSwgZiBkb3VibGUsIHQgdGltZSk=',
    '<BwAAAQAAAAIAAAA=',
    '>LAAAABZpbnNlcnQgaW50byBtMihhLGIsZCxmLHQpIHZhbHVlcyg/LD8sPyw/LD8p',
    '<DAAAAQAPAAAAAAAFAAAAABgAAAIDZGVmAAAAAT8AAAw/AAAAAAAGgAAAAAAYAAADA2RlZgAAAAE/AAAMPwAAAAAABoAAAAAAGAAABANkZWYAAAABPwAADD8AAAAAAAaAAAAAABgAAAUDZGVmAAAAAT8AAAw/AAAAAAAGgAAAAAAYAAAGA2RlZgAAAAE/AAAMPwAAAAAABoAAAAAABQAAB/4AAAIA',
    '>QQAAABcPAAAAAAEAAAAAAQUA/QAMAAUA/QAAAAAAAADwPwRlaW5zC+QHAgMEBQYICgwAAAAAAAAA+D8JLTEyOjEzOjE0',
    '<BwAAAQABAQIAAAA=',
    '>HQAAABcPAAAAAAEAAAAdAQYA/QAGAAYABgAGencsIGVp',
    '<BwAAAQABAgIAAAA=',
    '>IAAAABZzZWxlY3QgYSxiIGZyb20gbTIgd2hlcmUgaWQgPiA/',
    '<DAAAAQAQAAAAAgABAAAAABgAAAIDZGVmAAAAAT8AAAw/AAAAAAAGgAAAAAAFAAAD/gAAAgAhAAAEA2RlZgR0ZXN0Am0yAm0yAWEBYQAMPwALAAAAAwAAAAAAIQAABQNkZWYEdGVzdAJtMgJtMgFiAWIADOAAyAAAAP0AAAAAAAUAAAb+AAACAA==',
    '>FgAAABcQAAAAAAEAAAAAAQUAAAAAAAAAWUA=',
    '<AQAAAQIhAAACA2RlZgR0ZXN0Am0yAm0yAWEBYQAMPwALAAAAAwAAAAAAIQAAAwNkZWYEdGVzdAJtMgJtMgFiAWIADOAAyAAAAP0AAAAAAAUAAAT+AAACAAUAAAX+AAACAA==',
    '>HAAAABZzZWxlY3QgKiBmcm9tIG5peCB3aGVyZSBhPT8=',
    '<JwAAAf96BCM0MlMwMlRhYmxlICd0ZXN0Lm5peCcgZG9lc24ndCBleGlzdA==',
    '>TQAAAANzZWxlY3QgMTsgc2VsZWN0IDIgdW5pb24gc2VsZWN0IDM7IGluc2VydCBpbnRvIG0yKGEpIHZhbHVlcyg1KSwoNik7IHNlbGVjdCA0',
    '<AQAAAQEYAAACA2RlZgAAAAExAAAMPwABAAAAA4EAAAAABQAAA/4AAAoAAgAABAExBQAABf4AAAoAAQAABgEZAAAHA2RlZgAAAAEyATIADD8AAgAAAAMBAAAAAAUAAAj+AAAqAAIAAAkBMgIAAAoBMwUAAAv+AAAqAA==',
    '<LgAADAACAwoAAAAmUmVjb3JkczogMiAgRHVwbGljYXRlczogMCAgV2FybmluZ3M6IDA=',
    '<AQAADQEYAAAOA2RlZgAAAAE0AAAMPwABAAAAA4EAAAAABQAAD/4AAAIAAgAAEAE0BQAAEf4AAAIA',
    '>CgAAABZjYWxsIHAxKCk=',
    '<DAAAAQASAAAAAAAAAAAAAA==',
    '>CgAAABcSAAAAAAEAAAA=',
    '<AQAAAQEYAAACA2RlZgAAAAExAAAMPwABAAAAA4EAAAAABQAAA/4AAAoABgAABAAAAQAAAAUAAAX+AAAKAA==',
    '<AQAABgEjAAAHA2RlZgR0ZXN0AnQxAnQxAmlkAmlkAAw/AAsAAAADA1AAAAAFAAAI/gAAKgAGAAAJAAABAAAABgAACgAAAgAAAAYAAAsAAAMAAAAFAAAM/gAAKgA=',
    '<BwAADQADACIAAAA=',
    '>AQAAAA4=',
    '<BwAAAQAAAAIAAAA=',
    '>OwAAABFhbGljZQAUsDjSuxj1sH6HyAvfqwiZh03TpcVteXNxbADgAG15c3FsX25hdGl2ZV9wYXNzd29yZAAA',
    '<LAAAAf5teXNxbF9uYXRpdmVfcGFzc3dvcmQAUTNJVE5mOSpiM3JqOyZKJHM8ayoA',
    '>FAAAArA40rsY9bB+h8gL36sImYdN06XF',
    '<EQAAAwAAAAJAAAAACAEGBW15c3Fs',
    '>BQAAABkPAAAA',
    '>BQAAABkQAAAA',
    '>BQAAABkSAAAA',
    '>AQAAAAE=',
  ),
  rows: rows(`
[11,"user=alice db=test",2,null,null,null]
[3,"drop table if exists m2",2,null,null,0]
[3,"create table m2(id int primary key auto_increment, a int, b varchar(50), d datetime(6), f double, t time)",2,null,null,0]
[22,"insert into m2(a,b,d,f,t) values(?,?,?,?,?)",2,null,null,null]
[23,"query=[insert into m2(a,b,d,f,t) values(?,?,?,?,?)] params=[1, 'eins', '2020-02-03 04:05:06.789000', 1.5, '-12:13:14']",2,null,null,1]
[23,"query=[insert into m2(a,b,d,f,t) values(?,?,?,?,?)] params=[NULL, 'zw, ei', NULL, NULL, NULL]",2,null,null,1]
[22,"select a,b from m2 where id > ?",2,null,null,null]
[23,"query=[select a,b from m2 where id > ?] params=[100]",2,"Resultset rows = 0",0,null]
[22,"select * from nix where a=?",3,"Table 'test.nix' doesn't exist",null,null]
[3,"select 1; select 2 union select 3; insert into m2(a) values(5),(6); select 4",2,"Resultset rows = 1, Resultset rows = 2, Resultset rows = 1",4,2]
[22,"call p1()",2,null,null,null]
[23,"query=[call p1()] params=[]",2,"Resultset rows = 1, Resultset rows = 3",4,3]
[14,null,2,null,null,0]
[17,"user=alice db=mysql",2,null,null,null]
[25,null,1,null,null,null]
[25,null,1,null,null,null]
[25,null,1,null,null,null]
[1,null,1,null,null,null]
  `),
}

/** captured: the MariaDB connector 3.5, pipelining. */
export const MARIADB_PIPELINED: Example = {
  name: 'captured: the MariaDB connector 3.5, pipelining',
  alone: true,
  turns: turns(
    '<aAAAAAo1LjUuNS0xMC4xMS4xOS1NYXJpYURCLTArZGViMTJ1MS1sb2cAJAAAADFaU3FeZV4qAP73CAIA/4EVAAAAAAAAHQAAAFVMXXA8eW02ZHdIQABteXNxbF9uYXRpdmVfcGFzc3dvcmQA',
    '>wwAAAQqjvwEAAABA4AAAAAAAAAAAAAAAAAAAAAAAAAAcAAAAYWxpY2UAFMLlMOJjBmPEYdoNFsdEPypE3Kk1dGVzdABteXNxbF9uYXRpdmVfcGFzc3dvcmQA/GoADF9jbGllbnRfbmFtZRZNYXJpYURCIGNvbm5lY3Rvci9Ob2RlD19jbGllbnRfdmVyc2lvbgUzLjUuNANfb3MFbGludXgMX2NsaWVudF9ob3N0AnZtDV9ub2RlX3ZlcnNpb24HMjAuMjAuMg==',
    '<EAAAAgAAAAJAAAAABwEFBHRlc3Q=',
    '>EgAAAANTRVQgTkFNRVMgdXRmOG1iNA==',
    '<awAAAQAAAAJAAAAAYgAdFGNoYXJhY3Rlcl9zZXRfY2xpZW50B3V0ZjhtYjQAIRhjaGFyYWN0ZXJfc2V0X2Nvbm5lY3Rpb24HdXRmOG1iNAAeFWNoYXJhY3Rlcl9zZXRfcmVzdWx0cwd1dGY4bWI0',
    '>GAAAAANkcm9wIHRhYmxlIGlmIGV4aXN0cyBtYQ==',
    '<BwAAAQAAAAIAAAA=',
    '>JwAAAANjcmVhdGUgdGFibGUgbWEoaWQgaW50LCB2IHZhcmNoYXIoMzApKQ==',
    '<BwAAAQAAAAIAAAA=',
    '>CQAAAANzZWxlY3QgMQ==',
    '>HQAAAANpbnNlcnQgaW50byBtYSB2YWx1ZXMoMSwiYSIp',
    '<AgAAAQEBGAAAAgNkZWYAAAABMQAADD8AAQAAAAOBAAAAAAIAAAMBMQcAAAT+AAACAAAA',
    '<BwAAAQABAAIAAAA=',
    '>DQAAABZzZWxlY3QgPyArID8=',
    '<DAAAAQALAAAAAQACAAAAABgAAAIDZGVmAAAAAT8AAAw/AAAAAAAGgAAAAAAYAAADA2RlZgAAAAE/AAAMPwAAAAAABoAAAAAAHAAABANkZWYAAAAFPyArID8AAAw/ABEAAAAFgAAAAAA=',
    '>GAAAABf/////AAEAAAAAAQMAAwABAAAAAgAAAA==',
    '>GgAAAANzZWxlY3QgKiBmcm9tIHNlcV8xX3RvXzEw',
    '<AgAAAQEBHAAAAgNkZWYAAAAFPyArID8AAAw/AAwAAAAIgAAAAAAKAAADAAADAAAAAAAAAAcAAAT+AAACAAAAAgAAAQEBNwAAAgNkZWYEdGVzdAtzZXFfMV90b18xMAtzZXFfMV90b18xMANzZXEDc2VxAAw/ABQAAAAII1AAAAACAAADATECAAAEATICAAAFATMCAAAGATQCAAAHATUCAAAIATYCAAAJATcCAAAKATgCAAALATkDAAAMAjEwBwAADf4AACIAAAA=',
    '>CwAAAANicm9rZW4gc3FsHQAAABZzZWxlY3QgaWQgZnJvbSBtYSB3aGVyZSBpZD0/',
    '>EgAAABf/////AAEAAAAAAQMAAQAAAA==',
    '<pwAAAf8oBCM0MjAwMFlvdSBoYXZlIGFuIGVycm9yIGluIHlvdXIgU1FMIHN5bnRheDsgY2hlY2sgdGhlIG1hbnVhbCB0aGF0IGNvcnJlc3BvbmRzIHRvIHlvdXIgTWFyaWFEQiBzZXJ2ZXIgdmVyc2lvbiBmb3IgdGhlIHJpZ2h0IHN5bnRheCB0byB1c2UgbmVhciAnYnJva2VuIHNxbCcgYXQgbGluZSAxDAAAAQAMAAAAAQABAAAAABgAAAIDZGVmAAAAAT8AAAw/AAAAAAAGgAAAAAAjAAADA2RlZgR0ZXN0Am1hAm1hAmlkAmlkAAw/AAsAAAADAAAAAAACAAABAQAGAAACAAABAAAABwAAA/4AACIAAAA=',
    '>GwAAABZpbnNlcnQgaW50byBtYSB2YWx1ZXMoPyw/KQ==',
    '<DAAAAQANAAAAAAACAAAAABgAAAIDZGVmAAAAAT8AAAw/AAAAAAAGgAAAAAAYAAADA2RlZgAAAAE/AAAMPwAAAAAABoAAAAAA',
    '>IQAAAPoNAAAAgAADAP0AAAEAAAAAAXgAAgAAAAABeQADAAAAAQ==',
    '<LgAAAQADAAIAAAAmUmVjb3JkczogMyAgRHVwbGljYXRlczogMCAgV2FybmluZ3M6IDA=',
    '>AQAAAB8=',
    '<BwAAAQAAAAIAAAA=',
    '>BQAAABkLAAAA',
    '>BQAAABkMAAAA',
    '>BQAAABkNAAAA',
    '>AQAAAA4=',
    '<BwAAAQAAAAIAAAA=',
    '>jQAAABFhbGljZQAUwuUw4mMGY8Rh2g0Wx0Q/KkTcqTVteXNxbAAtAG15c3FsX25hdGl2ZV9wYXNzd29yZAD8UAAMX2NsaWVudF9uYW1lFk1hcmlhREIgY29ubmVjdG9yL05vZGUPX2NsaWVudF92ZXJzaW9uBTMuNS40DV9ub2RlX3ZlcnNpb24HMjAuMjAuMg==',
    '<LAAAAf5teXNxbF9uYXRpdmVfcGFzc3dvcmQAMVpTcV5lXipVTF1wPHltNmR3SEAA',
    '>FAAAAsLlMOJjBmPEYdoNFsdEPypE3Kk1',
    '<EQAAAwAAAAJAAAAACAEGBW15c3Fs',
    '>CwAAABZzZWxlY3QgPyB4',
    '<DAAAAQAOAAAAAQABAAAAABgAAAIDZGVmAAAAAXgAAAw/AAAAAAAGgAAAAAAYAAADA2RlZgAAAAF4AAAMPwAAAAAABoAAAAAA',
    '>EgAAABcOAAAAAAEAAAAAAQMAAQAAAA==',
    '>EwAAABcOAAAAAAEAAAAAAf0ABHp3ZWk=',
    '>FgAAABcOAAAAAAEAAAAAAQUAAAAAAAAADEA=',
    '<AgAAAQEBGAAAAgNkZWYAAAABeAAADD8ACwAAAAOBAAAAAAYAAAMAAAEAAAAHAAAE/gAAAgAAAA==',
    '<AgAAAQEBGAAAAgNkZWYAAAABeAAADC0AEAAAAP0BACcAAAcAAAMAAAR6d2VpBwAABP4AAAIAAAACAAABAQEYAAACA2RlZgAAAAF4AAAMPwAXAAAABYEAHwAACgAAAwAAAAAAAAAADEAHAAAE/gAAAgAAAA==',
    '>CQAAAANzZWxlY3QgNQ==',
    '<AgAAAQEBGAAAAgNkZWYAAAABNQAADD8AAQAAAAOBAAAAAAIAAAMBNQcAAAT+AAACAAAA',
    '>AQAAAAE=',
  ),
  rows: rows(String.raw`
[11,"user=alice db=test",2,null,null,null]
[3,"SET NAMES utf8mb4",2,null,null,0]
[3,"drop table if exists ma",2,null,null,0]
[3,"create table ma(id int, v varchar(30))",2,null,null,0]
[3,"select 1",2,"Resultset rows = 1",1,null]
[3,"insert into ma values(1,\"a\")",2,null,null,1]
[22,"select ? + ?",2,null,null,null]
[23,"query=[select ? + ?] params=[1, 2]",2,"Resultset rows = 1",1,null]
[3,"select * from seq_1_to_10",2,"Resultset rows = 10",10,null]
[3,"broken sql",3,"You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'broken sql' at line 1",null,null]
[22,"select id from ma where id=?",2,null,null,null]
[23,"query=[select id from ma where id=?] params=[1]",2,"Resultset rows = 1",1,null]
[22,"insert into ma values(?,?)",2,null,null,null]
[250,"query=[insert into ma values(?,?)] params=[(1, 'x'), (2, 'y'), (3, NULL)]",2,"Records: 3  Duplicates: 0  Warnings: 0",null,3]
[31,null,2,null,null,0]
[25,null,1,null,null,null]
[25,null,1,null,null,null]
[25,null,1,null,null,null]
[14,null,2,null,null,0]
[17,"user=alice db=mysql",2,null,null,null]
[22,"select ? x",2,null,null,null]
[23,"query=[select ? x] params=[1]",2,"Resultset rows = 1",1,null]
[23,"query=[select ? x] params=['zwei']",2,"Resultset rows = 1",1,null]
[23,"query=[select ? x] params=[3.5]",2,"Resultset rows = 1",1,null]
[3,"select 5",2,"Resultset rows = 1",1,null]
[1,null,1,null,null,null]
  `),
}
