// GS1 labels, written with brackets – (240)R-10K(10)L77 – or as scanners send them, with a group separator between the
// fields. The server reads them in the same way (qitao.web.search.scanning).
const FIXED = { '00': 18, '01': 14, '02': 14, 11: 6, 13: 6, 15: 6, 17: 6, 20: 2 }
const VARIABLE = ['10', '21', '22', '30', '37', '240', '241', '250', '400', '414']
const BETWEEN = '\u001d'

// The fields of a label by their application identifiers; {} where it is none.
export function fieldsOf(code) {
  if (code.startsWith('(')) return Object.fromEntries([...code.matchAll(/\((\d{2,4})\)([^(]*)/g)].map(([, name, value]) => [name, value.trim()]))
  const fields = {}
  let rest = code.replace(/^\](C1|d2|Q3)/i, '').replace(/^\u001d/, '')
  while (rest) {
    const name = [...Object.keys(FIXED), ...VARIABLE].find((each) => rest.startsWith(each))
    if (!name) return {}
    rest = rest.slice(name.length)
    const length = FIXED[name] ?? (rest.includes(BETWEEN) ? rest.indexOf(BETWEEN) : rest.length)
    fields[name] = rest.slice(0, length)
    rest = rest.slice(length).replace(/^\u001d/, '')
  }
  return fields
}

// What a label says of a delivery. A bare number is no label, whatever it begins with: one that names no item is none.
export function labelled(code) {
  const fields = fieldsOf(code.trim())
  const item = fields[240] ?? fields[241]
  if (!item && !code.startsWith('(') && !/^(\](C1|d2|Q3)|\u001d)/i.test(code)) return {}
  return { item, lot: fields[10] ?? fields[21], quantity: fields[30] ?? fields[37], expires: dayOf(fields[17]) }
}

// YYMMDD; day 00 means the last of the month.
function dayOf(text) {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(text ?? '') ?? []
  if (!year || Number(month) < 1 || Number(month) > 12) return ''
  const last = new Date(Date.UTC(2000 + Number(year), Number(month), 0)).getUTCDate()
  return `20${year}-${month}-${day === '00' ? last : day}`
}
