"""Prints what independent readers find in workbooks, as JSON: {file: [{name, frozen, titles, bold, widths, rows: [[[type, value, format] or null]]}]}."""
import json
import re
import sys


def xls(path):
    import xlrd
    book = xlrd.open_workbook(path, formatting_info=True)
    types = {xlrd.XL_CELL_TEXT: "text", xlrd.XL_CELL_NUMBER: "number"}
    titles = {name.scope: name.result.text for name in book.name_obj_list if name.builtin and name.name == "Print_Titles"}
    for number, sheet in enumerate(book.sheets()):
        def show(cell):
            if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                return None
            xf = book.xf_list[cell.xf_index]
            return [types.get(cell.ctype, str(cell.ctype)), cell.value, book.format_map[xf.format_key].format_str]

        first = sheet.cell(0, 0) if sheet.nrows and sheet.ncols else None
        yield {
            "name": sheet.name,
            "frozen": sheet.horz_split_pos if sheet.panes_are_frozen else 0,
            "titles": titles.get(number, ""),
            "bold": bool(first and book.font_list[book.xf_list[first.xf_index].font_index].weight == 700),
            "widths": [round(sheet.colinfo_map[i].width / 256) for i in sorted(sheet.colinfo_map)],
            "rows": [[show(cell) for cell in sheet.row(i)] for i in range(sheet.nrows)],
        }


def xlsx(path):
    import openpyxl
    # openpyxl leaves the escapes of the format in place.
    escape = re.compile("_x([0-9A-Fa-f]{4})_")
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        def show(cell):
            if cell.data_type in ("s", "inlineStr"):
                return ["text", escape.sub(lambda m: chr(int(m[1], 16)), cell.value or ""), cell.number_format]
            if cell.value is None:
                return None
            return ["number" if cell.data_type == "n" else cell.data_type, cell.value, cell.number_format]

        panes = sheet.sheet_view.pane
        yield {
            "name": sheet.title,
            "frozen": int(panes.ySplit) if panes and panes.state == "frozen" else 0,
            "titles": sheet.print_titles or "",
            "bold": bool(sheet["A1"].font.b),
            "widths": [round(d.width) for d in sheet.column_dimensions.values()],
            "rows": [[show(cell) for cell in row] for row in sheet.iter_rows()],
        }


books = {}
for path in sys.argv[1:]:
    books[path] = list((xlsx if path.endswith(".xlsx") else xls)(path))
# ASCII, so that halves of surrogate pairs, if any, come through.
json.dump(books, sys.stdout, ensure_ascii=True)
