import type { Example, Turn } from './example.js'

const turns = (...lines: readonly string[]): Turn[] =>
  lines.map((line) => ({ from: line[0] === '>' ? 'client' : 'server', bytes: Buffer.from(line.slice(1), 'base64') }))

// A row a line: message, request, result, answer, rows, affected rows.
const rows = (lines: string): object[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [req_cmd, req, resp_result, resp, resp_rows, resp_affected_rows] = JSON.parse(line) as unknown[]
      return { req_cmd, req, resp_result, resp, resp_rows, resp_affected_rows }
    })

/** captured: psql 15 and PostgreSQL 15, with SCRAM. */
export const PSQL: Example = {
  name: 'captured: psql 15 and PostgreSQL 15, with SCRAM',
  alone: true,
  turns: turns(
    '>AAAACATSFi8=',
    '<Tg==',
    '>AAAAOAADAAB1c2VyAGFsaWNlAGRhdGFiYXNlAHNob3AAYXBwbGljYXRpb25fbmFtZQBwc3FsAAA=',
    '<UgAAABcAAAAKU0NSQU0tU0hBLTI1NgAA',
    '>cAAAADZTQ1JBTS1TSEEtMjU2AAAAACBuLCxuPSxyPUxJWjhqb21CbUY4SUQ4a1J2Mkd4VElmeA==',
    '<UgAAAFwAAAALcj1MSVo4am9tQm1GOElEOGtSdjJHeFRJZnhxeWoxSE9tRENubGJJU1JTRi9Tem1kOEIscz1CQkhKQVFRQUhkRzM1ckc3YkxBVFFnPT0saT00MDk2',
    '>cAAAAGxjPWJpd3Mscj1MSVo4am9tQm1GOElEOGtSdjJHeFRJZnhxeWoxSE9tRENubGJJU1JTRi9Tem1kOEIscD01NXRSL0djajRUZkxzT0tlelZ6Uk9TQVA5bjFRL1Q0SVd5WDlaZ1hNc3EwPQ==',
    '<UgAAADYAAAAMdj1vVmNDeitvSWxqbFpUaGczd0dKZWF1ZEtEdzU3UTJPTng2MUZXbktnWGlrPVIAAAAIAAAAAFMAAAAaYXBwbGljYXRpb25fbmFtZQBwc3FsAFMAAAAZY2xpZW50X2VuY29kaW5nAFVURjgAUwAAABdEYXRlU3R5bGUASVNPLCBNRFkAUwAAACZkZWZhdWx0X3RyYW5zYWN0aW9uX3JlYWRfb25seQBvZmYAUwAAABdpbl9ob3Rfc3RhbmRieQBvZmYAUwAAABlpbnRlZ2VyX2RhdGV0aW1lcwBvbgBTAAAAG0ludGVydmFsU3R5bGUAcG9zdGdyZXMAUwAAABRpc19zdXBlcnVzZXIAb24AUwAAABlzZXJ2ZXJfZW5jb2RpbmcAVVRGOABTAAAAMnNlcnZlcl92ZXJzaW9uADE1LjIwIChEZWJpYW4gMTUuMjAtMCtkZWIxMnUxKQBTAAAAIHNlc3Npb25fYXV0aG9yaXphdGlvbgBhbGljZQBTAAAAI3N0YW5kYXJkX2NvbmZvcm1pbmdfc3RyaW5ncwBvbgBTAAAAEVRpbWVab25lAEdNVABLAAAADAAAEu57uBV9WgAAAAVJ',
    '>UQAAACVjcmVhdGUgdGFibGUgdDEgKGlkIGludCwgdiB0ZXh0KQA=',
    '<QwAAABFDUkVBVEUgVEFCTEUAWgAAAAVJ',
    '>UQAAAD9pbnNlcnQgaW50byB0MSB2YWx1ZXMgKDEsICdlaW5zJyksICgyLCAnenfDtmknKSwgKDMsIG51bGwpAA==',
    '<QwAAAA9JTlNFUlQgMCAzAFoAAAAFSQ==',
    '>UQAAADpzZWxlY3QgKiBmcm9tIHQxIG9yZGVyIGJ5IGlkOyBzZWxlY3QgJ3R3bycgYXMgcmVzdWx0cwA=',
    '<VAAAAC8AAmlkAAAAQAMAAQAAABcABP////8AAHYAAABAAwACAAAAGf///////wAARAAAABMAAgAAAAExAAAABGVpbnNEAAAAFAACAAAAATIAAAAFenfDtmlEAAAADwACAAAAATP/////QwAAAA1TRUxFQ1QgMwBUAAAAIAABcmVzdWx0cwAAAAAAAAAAAAAZ////////AABEAAAADQABAAAAA3R3b0MAAAANU0VMRUNUIDEAWgAAAAVJ',
    '>UQAAABdzZWxlY3QgKiBmcm9tIG5vcGUA',
    '<RQAAAGdTRVJST1IAVkVSUk9SAEM0MlAwMQBNcmVsYXRpb24gIm5vcGUiIGRvZXMgbm90IGV4aXN0AFAxNQBGcGFyc2VfcmVsYXRpb24uYwBMMTM5MgBScGFyc2VyT3BlblRhYmxlAABaAAAABUk=',
    '>UQAAADR1cGRhdGUgdDEgc2V0IHYgPSAneCcgd2hlcmUgaWQgPiAxIHJldHVybmluZyBpZAA=',
    '<VAAAABsAAWlkAAAAQAMAAQAAABcABP////8AAEQAAAALAAEAAAABMkQAAAALAAEAAAABM0MAAAANVVBEQVRFIDIAWgAAAAVJ',
    '>UQAAABZjb3B5IHQxIHRvIHN0ZG91dAA=',
    '<SAAAAAsAAAIAAAAAZAAAAAsxCWVpbnMKZAAAAAgyCXgKZAAAAAgzCXgKYwAAAARDAAAAC0NPUFkgMwBaAAAABUk=',
    '>UQAAAC1kbyAkJCBiZWdpbiByYWlzZSBub3RpY2UgJ2hlbGxvJzsgZW5kICQkAA==',
    '<TgAAAHpTTk9USUNFAFZOT1RJQ0UAQzAwMDAwAE1oZWxsbwBXUEwvcGdTUUwgZnVuY3Rpb24gaW5saW5lX2NvZGVfYmxvY2sgbGluZSAxIGF0IFJBSVNFAEZwbF9leGVjLmMATDM5MDcAUmV4ZWNfc3RtdF9yYWlzZQAAQwAAAAdETwBaAAAABUk=',
    '>UQAAAChhbHRlciByb2xlIGFsaWNlIHBhc3N3b3JkICdodW50ZXIyJwA=',
    '<QwAAAA9BTFRFUiBST0xFAFoAAAAFSQ==',
    '>UQAAACxzZWxlY3QgMSAvIChpZCAtIDIpIGZyb20gdDEgb3JkZXIgYnkgaWQA',
    '<VAAAACEAAT9jb2x1bW4/AAAAAAAAAAAAABcABP////8AAEUAAABBU0VSUk9SAFZFUlJPUgBDMjIwMTIATWRpdmlzaW9uIGJ5IHplcm8ARmludC5jAEw4NjkAUmludDRkaXYAAFoAAAAFSQ==',
    '>UQAAACRsaXN0ZW4gbmV3czsgbm90aWZ5IG5ld3MsICdhbGwnAA==',
    '<QwAAAAtMSVNURU4AQwAAAAtOT1RJRlkAQQAAABEAABLubmV3cwBhbGwAWgAAAAVJ',
    '>WAAAAAQ=',
  ),
  rows: rows(String.raw`
["Startup","user=alice database=shop application_name=psql",2,"auth=sasl\nserver_version=15.20 (Debian 15.20-0+deb12u1)",null,null]
["Query","create table t1 (id int, v text)",2,"CREATE TABLE",null,null]
["Query","insert into t1 values (1, 'eins'), (2, 'zwöi'), (3, null)",2,"INSERT 0 3",null,3]
["Query","select * from t1 order by id; select 'two' as results",2,"id,v\n1,eins\n2,zwöi\n3,[NULL]\nSELECT 3\nresults\ntwo\nSELECT 1",4,null]
["Query","select * from nope",3,"relation \"nope\" does not exist",null,null]
["Query","update t1 set v = 'x' where id > 1 returning id",2,"id\n2\n3\nUPDATE 2",2,2]
["Query","copy t1 to stdout",2,"COPY 3",3,null]
["Query","do $$ begin raise notice 'hello'; end $$",2,"DO",null,null]
["Query","alter role alice password [REDACTED]",2,"ALTER ROLE",null,null]
["Query","select 1 / (id - 2) from t1 order by id",3,"division by zero",0,null]
["Query","listen news; notify news, 'all'",2,"LISTEN\nNOTIFY",null,null]
  `),
}

/** captured: pg8000 1.10 and PostgreSQL 15, with binary values. */
export const PG8000: Example = {
  name: 'captured: pg8000 1.10 and PostgreSQL 15, with binary values',
  alone: true,
  turns: turns(
    '>AAAAIgADAAB1c2VyAHBsYWluAGRhdGFiYXNlAHNob3AAAA==',
    '<UgAAAAgAAAAAUwAAABZhcHBsaWNhdGlvbl9uYW1lAABTAAAAGWNsaWVudF9lbmNvZGluZwBVVEY4AFMAAAAXRGF0ZVN0eWxlAElTTywgTURZAFMAAAAmZGVmYXVsdF90cmFuc2FjdGlvbl9yZWFkX29ubHkAb2ZmAFMAAAAXaW5faG90X3N0YW5kYnkAb2ZmAFMAAAAZaW50ZWdlcl9kYXRldGltZXMAb24AUwAAABtJbnRlcnZhbFN0eWxlAHBvc3RncmVzAFMAAAAUaXNfc3VwZXJ1c2VyAG9uAFMAAAAZc2VydmVyX2VuY29kaW5nAFVURjgAUwAAADJzZXJ2ZXJfdmVyc2lvbgAxNS4yMCAoRGViaWFuIDE1LjIwLTArZGViMTJ1MSkAUwAAACBzZXNzaW9uX2F1dGhvcml6YXRpb24AcGxhaW4AUwAAACNzdGFuZGFyZF9jb25mb3JtaW5nX3N0cmluZ3MAb24AUwAAABFUaW1lWm9uZQBHTVQASwAAAAwAABNJH4am7FoAAAAFSQ==',
    '>UAAAACtwZzgwMDBfc3RhdGVtZW50XzAAYmVnaW4gdHJhbnNhY3Rpb24AAABIAAAABEQAAAAYU3BnODAwMF9zdGF0ZW1lbnRfMABIAAAABFMAAAAE',
    '<MQAAAAR0AAAABgAAbgAAAARaAAAABUk=',
    '>QgAAAC1wZzgwMDBfcG9ydGFsXzAAcGc4MDAwX3N0YXRlbWVudF8wAAAAAAAAAEgAAAAERQAAABhwZzgwMDBfcG9ydGFsXzAAAAAAZEgAAAAEUwAAAAQ=',
    '<MgAAAARDAAAACkJFR0lOAFoAAAAFVA==',
    '>QwAAABVQcGc4MDAwX3BvcnRhbF8wAEgAAAAEUwAAAAQ=',
    '<MwAAAARaAAAABVQ=',
    '>UAAAAIFwZzgwMDBfc3RhdGVtZW50XzEAY3JlYXRlIHRhYmxlIHQyIChpZCBpbnQ0LCBmIGZsb2F0OCwgYiBib29sLCBzIHRleHQsIGF0IHRpbWVzdGFtcCwgZCBkYXRlLCByYXcgYnl0ZWEsIHUgdXVpZCwgbiBudW1lcmljKQAAAEgAAAAERAAAABhTcGc4MDAwX3N0YXRlbWVudF8xAEgAAAAEUwAAAAQ=',
    '<MQAAAAR0AAAABgAAbgAAAARaAAAABVQ=',
    '>QgAAAC1wZzgwMDBfcG9ydGFsXzEAcGc4MDAwX3N0YXRlbWVudF8xAAAAAAAAAEgAAAAERQAAABhwZzgwMDBfcG9ydGFsXzEAAAAAZEgAAAAEUwAAAAQ=',
    '<MgAAAARDAAAAEUNSRUFURSBUQUJMRQBaAAAABVQ=',
    '>QwAAABVQcGc4MDAwX3BvcnRhbF8xAEgAAAAEUwAAAAQ=',
    '<MwAAAARaAAAABVQ=',
    '>UAAAAHhwZzgwMDBfc3RhdGVtZW50XzIAaW5zZXJ0IGludG8gdDIgdmFsdWVzICgkMSwgJDIsICQzLCAkNCwgJDUsICQ2LCAkNywgJDgsICQ5KQAACQAAAsEAAAK9AAAAEAAAAsEAAARaAAAEOgAAABEAAAuGAAAGpEgAAAAERAAAABhTcGc4MDAwX3N0YXRlbWVudF8yAEgAAAAEUwAAAAQ=',
    '<MQAAAAR0AAAAKgAJAAAAFwAAAr0AAAAQAAAAGQAABFoAAAQ6AAAAEQAAC4YAAAakbgAAAARaAAAABVQ=',
    '>QgAAAJ1wZzgwMDBfcG9ydGFsXzIAcGc4MDAwX3N0YXRlbWVudF8yAAAJAAAAAQABAAAAAQAAAAEAAQAAAAkAAAACLTEAAAAIAAAAAAAAAAAAAAABAAAAAAVLw6RzZQAAAAgAAkCizB2KiAAAAAoyMDI0LTAyLTI5AAAAAgD/AAAAEAAAAAAAAAAAAAAAAAAAAAcAAAAGLTEyLjUwAABIAAAABEUAAAAYcGc4MDAwX3BvcnRhbF8yAAAAAGRIAAAABFMAAAAE',
    '<MgAAAARDAAAAD0lOU0VSVCAwIDEAWgAAAAVU',
    '>QwAAABVQcGc4MDAwX3BvcnRhbF8yAEgAAAAEUwAAAAQ=',
    '<MwAAAARaAAAABVQ=',
    '>UAAAAHhwZzgwMDBfc3RhdGVtZW50XzMAaW5zZXJ0IGludG8gdDIgdmFsdWVzICgkMSwgJDIsICQzLCAkNCwgJDUsICQ2LCAkNywgJDgsICQ5KQAACQAAAsEAAAK9AAAAEAAAAsEAAARaAAAEOgAAABEAAAuGAAAGpEgAAAAERAAAABhTcGc4MDAwX3N0YXRlbWVudF8zAEgAAAAEUwAAAAQ=',
    '<MQAAAAR0AAAAKgAJAAAAFwAAAr0AAAAQAAAAGQAABFoAAAQ6AAAAEQAAC4YAAAakbgAAAARaAAAABVQ=',
    '>QgAAAJdwZzgwMDBfcG9ydGFsXzMAcGc4MDAwX3N0YXRlbWVudF8zAAAJAAAAAQABAAEAAQAAAAEAAQAAAAkAAAABMAAAAAg/4AAAAAAAAAAAAAEB/////wAAAAgAAkCizB2KiAAAAAoyMDI0LTAyLTI5AAAAAgD/AAAAEAAAAAAAAAAAAAAAAAAAAAcAAAAGLTEyLjUwAABIAAAABEUAAAAYcGc4MDAwX3BvcnRhbF8zAAAAAGRIAAAABFMAAAAE',
    '<MgAAAARDAAAAD0lOU0VSVCAwIDEAWgAAAAVU',
    '>QwAAABVQcGc4MDAwX3BvcnRhbF8zAEgAAAAEUwAAAAQ=',
    '<MwAAAARaAAAABVQ=',
    '>UAAAAE1wZzgwMDBfc3RhdGVtZW50XzQAc2VsZWN0IHMsIGlkIGZyb20gdDIgd2hlcmUgaWQgPj0gJDEgb3JkZXIgYnkgaWQAAAEAAALBSAAAAAREAAAAGFNwZzgwMDBfc3RhdGVtZW50XzQASAAAAARTAAAABA==',
    '<MQAAAAR0AAAACgABAAAAF1QAAAAvAAJzAAAAQAgABAAAABn///////8AAGlkAAAAQAgAAQAAABcABP////8AAFoAAAAFVA==',
    '>QgAAADlwZzgwMDBfcG9ydGFsXzQAcGc4MDAwX3N0YXRlbWVudF80AAABAAAAAQAAAAItMQACAAEAAUgAAAAERQAAABhwZzgwMDBfcG9ydGFsXzQAAAAAZEgAAAAEUwAAAAQ=',
    '<MgAAAAREAAAAFwACAAAABUvDpHNlAAAABP////9EAAAAEgAC/////wAAAAQAAAAAQwAAAA1TRUxFQ1QgMgBaAAAABVQ=',
    '>QwAAABVQcGc4MDAwX3BvcnRhbF80AEgAAAAEUwAAAAQ=',
    '<MwAAAARaAAAABVQ=',
    '>UAAAAD1wZzgwMDBfc3RhdGVtZW50XzUAc2VsZWN0ICogZnJvbSBnb25lIHdoZXJlIGEgPSAkMQAAAQAAAsFIAAAABEQAAAAYU3BnODAwMF9zdGF0ZW1lbnRfNQBIAAAABFMAAAAE',
    '<RQAAAGdTRVJST1IAVkVSUk9SAEM0MlAwMQBNcmVsYXRpb24gImdvbmUiIGRvZXMgbm90IGV4aXN0AFAxNQBGcGFyc2VfcmVsYXRpb24uYwBMMTM5MgBScGFyc2VyT3BlblRhYmxlAABaAAAABUU=',
    '>UAAAACJwZzgwMDBfc3RhdGVtZW50XzYAcm9sbGJhY2sAAABIAAAABEQAAAAYU3BnODAwMF9zdGF0ZW1lbnRfNgBIAAAABFMAAAAE',
    '<MQAAAAR0AAAABgAAbgAAAARaAAAABUU=',
    '>QgAAAC1wZzgwMDBfcG9ydGFsXzUAcGc4MDAwX3N0YXRlbWVudF82AAAAAAAAAEgAAAAERQAAABhwZzgwMDBfcG9ydGFsXzUAAAAAZEgAAAAEUwAAAAQ=',
    '<MgAAAARDAAAADVJPTExCQUNLAFoAAAAFSQ==',
    '>WAAAAAQ=',
  ),
  rows: rows(String.raw`
["Startup","user=plain database=shop",2,"server_version=15.20 (Debian 15.20-0+deb12u1)",null,null]
["Parse","begin transaction",2,"PARSE COMPLETE",null,null]
["Describe","type=statement name=pg8000_statement_0",2,"NO DATA",null,null]
["Bind","portal=pg8000_portal_0 statement=pg8000_statement_0 params=[]",2,"BIND COMPLETE",null,null]
["Execute","query=[begin transaction] params=[]",2,"BEGIN",null,null]
["Parse","create table t2 (id int4, f float8, b bool, s text, at timestamp, d date, raw bytea, u uuid, n numeric)",2,"PARSE COMPLETE",null,null]
["Describe","type=statement name=pg8000_statement_1",2,"NO DATA",null,null]
["Bind","portal=pg8000_portal_1 statement=pg8000_statement_1 params=[]",2,"BIND COMPLETE",null,null]
["Execute","query=[create table t2 (id int4, f float8, b bool, s text, at timestamp, d date, raw bytea, u uuid, n numeric)] params=[]",2,"CREATE TABLE",null,null]
["Parse","insert into t2 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",2,"PARSE COMPLETE",null,null]
["Describe","type=statement name=pg8000_statement_2",2,"NO DATA",null,null]
["Bind","portal=pg8000_portal_2 statement=pg8000_statement_2 params=[-1, 0, f, Käse, 2020-02-03 04:05:06.789, 2024-02-29, \\x00ff, 00000000-0000-0000-0000-000000000007, -12.50]",2,"BIND COMPLETE",null,null]
["Execute","query=[insert into t2 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)] params=[-1, 0, f, Käse, 2020-02-03 04:05:06.789, 2024-02-29, \\x00ff, 00000000-0000-0000-0000-000000000007, -12.50]",2,"INSERT 0 1",null,1]
["Parse","insert into t2 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",2,"PARSE COMPLETE",null,null]
["Describe","type=statement name=pg8000_statement_3",2,"NO DATA",null,null]
["Bind","portal=pg8000_portal_3 statement=pg8000_statement_3 params=[0, 0.5, t, NULL, 2020-02-03 04:05:06.789, 2024-02-29, \\x00ff, 00000000-0000-0000-0000-000000000007, -12.50]",2,"BIND COMPLETE",null,null]
["Execute","query=[insert into t2 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)] params=[0, 0.5, t, NULL, 2020-02-03 04:05:06.789, 2024-02-29, \\x00ff, 00000000-0000-0000-0000-000000000007, -12.50]",2,"INSERT 0 1",null,1]
["Parse","select s, id from t2 where id >= $1 order by id",2,"PARSE COMPLETE",null,null]
["Describe","type=statement name=pg8000_statement_4",2,"ROW DESCRIPTION [s text, id int4]",null,null]
["Bind","portal=pg8000_portal_4 statement=pg8000_statement_4 params=[-1]",2,"BIND COMPLETE",null,null]
["Execute","query=[select s, id from t2 where id >= $1 order by id] params=[-1]",2,"<5 bytes>,<4 bytes>\n[NULL],<4 bytes>\nSELECT 2",2,null]
["Parse","select * from gone where a = $1",3,"relation \"gone\" does not exist",null,null]
["Describe","type=statement name=pg8000_statement_5",1,null,null,null]
["Parse","rollback",2,"PARSE COMPLETE",null,null]
["Describe","type=statement name=pg8000_statement_6",2,"NO DATA",null,null]
["Bind","portal=pg8000_portal_5 statement=pg8000_statement_6 params=[]",2,"BIND COMPLETE",null,null]
["Execute","query=[rollback] params=[]",2,"ROLLBACK",null,null]
  `),
}
