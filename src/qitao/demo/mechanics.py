"""Shared mechanical, packaging and chemical items, one row each; what belongs to one product is made in `own_parts`."""

# ruff: noqa: E501 - one part, one line

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qitao.demo.companies import CONSIGNING_CUSTOMER
from qitao.demo.parts import Part
from qitao.demo.products import COLOURS, MARKETS, PLATFORMS, Platform, Product, products

SHARED = (
    # role, code, 中文, English, spec, unit, price, pack
    ("hw.screw", "SC-PT2.0X6", "自攻螺丝", "Self-tapping screw", "PT2.0×6 黑锌", "pcs", "0.011", 10000),
    ("hw.screw", "SC-PT2.6X8", "自攻螺丝", "Self-tapping screw", "PT2.6×8 黑锌", "pcs", "0.014", 10000),
    ("hw.screw", "SC-PT3.0X10", "自攻螺丝", "Self-tapping screw", "PT3.0×10 镀镍", "pcs", "0.018", 8000),
    ("hw.screw", "SC-PT3.0X16", "自攻螺丝", "Self-tapping screw", "PT3.0×16 镀镍", "pcs", "0.024", 6000),
    ("hw.screw", "SC-PM3X8", "机丝", "Machine screw", "M3×8 组合弹平垫", "pcs", "0.032", 5000),
    ("hw.screw", "SC-PM5X10", "机丝", "Machine screw", "M5×10 不锈钢", "pcs", "0.085", 2000),
    ("hw.screw", "SC-Y2.5X12", "防拆螺丝", "Tamper-proof screw", "Y 型 2.5×12", "pcs", "0.042", 5000),
    ("hw.sink", "HK-AL-23X15", "散热片", "Heat sink", "铝挤 23×15×12", "pcs", "0.38", 1000),
    ("hw.sink", "HK-AL-35X20", "散热片", "Heat sink", "铝挤 35×20×15", "pcs", "0.62", 800),
    ("hw.sink", "HK-AL-50X25", "散热片", "Heat sink", "铝挤 50×25×20", "pcs", "1.05", 500),
    ("hw.sink", "HK-AL-80X40", "散热片", "Heat sink", "铝挤 80×40×25", "pcs", "2.10", 200),
    ("hw.sink", "HK-CU-40X30", "均热铜片", "Copper spreader", "0.3×40×30", "pcs", "0.72", 2000),
    ("hw.sink", "HK-CU-60X35", "均热铜片", "Copper spreader", "0.3×60×35", "pcs", "1.18", 1500),
    ("hw.pad", "TP-1.0-20X20", "导热硅胶片", "Thermal pad", "1.0mm 3W 20×20", "pcs", "0.15", 5000),
    ("hw.pad", "TP-1.5-40X30", "导热硅胶片", "Thermal pad", "1.5mm 3W 40×30", "pcs", "0.42", 2000),
    ("hw.pad", "TP-2.0-60X35", "导热硅胶片", "Thermal pad", "2.0mm 5W 60×35", "pcs", "0.95", 1000),
    ("hw.film", "IS-PC-0.4A", "绝缘片", "Insulating sheet", "PC 0.4mm 小", "pcs", "0.052", 5000),
    ("hw.film", "IS-PC-0.4B", "绝缘片", "Insulating sheet", "PC 0.4mm 大", "pcs", "0.088", 5000),
    ("hw.copper", "CB-BAR-4", "铜排组件", "Copper bar set", "磷青铜 4 位 3 极", "pcs", "3.40", 300),
    ("hw.copper", "CB-BAR-6", "铜排组件", "Copper bar set", "磷青铜 6 位 3 极", "pcs", "4.90", 200),
    ("hw.copper", "CB-BAR-8", "铜排组件", "Copper bar set", "磷青铜 8 位 3 极", "pcs", "6.40", 150),
    ("hw.copper", "CB-BAR-12", "铜排组件", "Copper bar set", "磷青铜 12 位 3 极", "pcs", "9.60", 100),
    ("hw.switch", "SW-ROCKER-R", "翘板开关", "Rocker switch", "16A 250V 带灯 红", "pcs", "0.78", 500),
    ("hw.shutter", "SD-GATE-3P", "安全门", "Safety shutter", "三极 PC", "pcs", "0.19", 3000),
    ("hw.pin", "AP-CN-2P", "国标插脚", "Plug pins CN", "二极 黄铜镀镍", "pcs", "0.46", 2000),
    ("hw.pin", "AP-EU-2P", "欧规插脚", "Plug pins EU", "CEE7/16", "pcs", "0.58", 2000),
    ("hw.pin", "AP-US-2P", "美规折叠插脚", "Folding plug pins US", "折叠 镀镍", "pcs", "0.72", 2000),
    ("hw.pin", "AP-UK-3P", "英规插脚", "Plug pins UK", "BS1363 折叠", "pcs", "1.05", 1500),
    ("hw.pin", "AP-JP-2P", "日规折叠插脚", "Folding plug pins JP", "折叠 PSE", "pcs", "0.74", 2000),
    ("cable.ac", "ACW-CN-3X1.0-1.8", "国标电源线", "Mains cord CN", "RVV 3×1.0 1.8m 10A", "pcs", "7.80", 100),
    ("cable.ac", "ACW-CN-3X1.5-3.0", "国标电源线", "Mains cord CN", "RVV 3×1.5 3m 16A", "pcs", "14.60", 60),
    ("cable.ac", "ACW-CN-3X1.0-1.8U", "国标电源线 转头", "Mains cord CN, swivel plug", "RVV 3×1.0 1.8m 10A 扁插", "pcs", "8.90", 100),
    ("cable.ac", "ACW-EU-3X1.5-1.5", "欧规电源线", "Mains cord EU", "H05VV-F 3×1.5 1.5m", "pcs", "11.20", 80),
    ("cable.ac", "ACW-UK-3X1.25-2.0", "英规电源线", "Mains cord UK", "H05VV-F 3×1.25 2m 13A", "pcs", "12.40", 80),
    ("cable.ac", "ACW-CN-C7-1.2", "八字尾电源线", "Mains cord C7", "2×0.75 1.2m 国标", "pcs", "3.10", 200),
    ("cable.ac", "ACW-EU-C7-1.2", "八字尾电源线", "Mains cord C7 EU", "2×0.75 1.2m 欧规", "pcs", "3.60", 200),
    ("cable.ac", "ACW-CN-C5-1.2", "梅花尾电源线", "Mains cord C5", "3×0.75 1.2m 国标", "pcs", "4.20", 150),
    ("cable.ac", "ACW-EU-C5-1.2", "梅花尾电源线", "Mains cord C5 EU", "3×0.75 1.2m 欧规", "pcs", "4.90", 150),
    ("cable.ac", "ACW-US-C5-1.2", "梅花尾电源线", "Mains cord C5 US", "SVT 18AWG 1.2m", "pcs", "5.10", 150),
    ("cable.ac", "ACW-CN-C13-1.5", "品字尾电源线", "Mains cord C13", "3×1.0 1.5m 国标", "pcs", "6.40", 100),
    ("cable.ac", "ACW-EU-C13-1.5", "品字尾电源线", "Mains cord C13 EU", "3×1.0 1.5m 欧规", "pcs", "7.30", 100),
    ("cable.dc", "DCW-5521-1.5", "DC 输出线", "DC output cable", "5.5×2.1 18AWG 1.5m 磁环", "pcs", "2.35", 300),
    ("cable.dc", "DCW-5525-1.2", "DC 输出线", "DC output cable", "5.5×2.5 18AWG 1.2m", "pcs", "2.10", 300),
    ("cable.dc", "DCW-4530-1.5", "DC 输出线", "DC output cable", "4.5×3.0 18AWG 1.5m", "pcs", "2.90", 300),
    ("cable.dc", "DCW-5521-16A", "DC 输出线", "DC output cable", "5.5×2.1 16AWG 1.2m 大电流", "pcs", "3.80", 200),
    ("cable.cc", "UCC-60W-1.0", "C-C 数据线", "USB-C cable", "60W 1m TPE", "pcs", "2.85", 200),
    ("cable.cc", "UCC-100W-1.5", "C-C 数据线", "USB-C cable", "100W 1.5m E-Marker", "pcs", "6.20", 100),
    ("cable.cc", "UCC-240W-1.5", "C-C 数据线", "USB-C cable", "240W 1.5m 编织", "pcs", "9.40", 100),
    ("cable.tail", "HBT-10G-0.15", "扩展坞尾线", "Hub tail cable", "10Gbps 15cm 全功能", "pcs", "6.80", 200),
    ("cable.tail", "HBT-5G-0.15", "扩展坞尾线", "Hub tail cable", "5Gbps 15cm", "pcs", "3.90", 200),
    ("cable.led", "LDW-3X0.75-0.3", "LED 输入线", "LED driver input lead", "H05RN-F 3×0.75 0.3m", "pcs", "1.65", 300),
    ("cable.led", "LDW-2X0.75-0.3", "LED 输出线", "LED driver output lead", "H05RN-F 2×0.75 0.3m", "pcs", "1.20", 300),
    ("tape.mylar", "MT-PET-10", "玛拉胶带", "Mylar tape", "黄 10mm", "m", "0.032", 66),
    ("tape.mylar", "MT-PET-16", "玛拉胶带", "Mylar tape", "黄 16mm", "m", "0.048", 66),
    ("tape.copper", "CT-CU-8", "铜箔", "Copper foil tape", "8mm×0.025", "m", "0.62", 50),
    ("pack.tape", "PT-CLEAR-60", "封箱胶带", "Carton tape", "60mm×100m 透明", "roll", "4.80", 72),
    ("pack.bag", "PB-PE-8X12", "PE 袋", "PE bag", "8×12cm 环保标", "pcs", "0.018", 5000),
    ("pack.bag", "PB-PE-12X18", "PE 袋", "PE bag", "12×18cm 环保标", "pcs", "0.026", 5000),
    ("pack.bag", "PB-PE-20X40", "PE 袋", "PE bag", "20×40cm 环保标", "pcs", "0.055", 2000),
    ("pack.bag", "PB-ESD-15X20", "防静电袋", "ESD bag", "15×20cm 屏蔽", "pcs", "0.24", 1000),
    ("pack.bag", "PB-BUBBLE-15", "气泡袋", "Bubble bag", "15×20cm", "pcs", "0.12", 1000),
    ("pack.bag", "DS-SILICA-5G", "干燥剂", "Desiccant", "5g 硅胶", "pcs", "0.038", 2000),
    ("pack.foam", "EP-EVA-20", "EVA 隔层", "EVA divider", "20 格", "sheet", "1.10", 200),
    ("pack.foam", "EP-PEARL-40", "珍珠棉", "EPE sheet", "400×300×10", "sheet", "0.65", 300),
    ("label.carton", "LB-CTN-100X70", "外箱标签", "Carton label", "100×70 铜版纸", "pcs", "0.052", 1000),
    ("label.sn", "LB-SN-40X10", "序列号标签", "Serial-number label", "40×10 亚银龙", "pcs", "0.021", 5000),
    ("label.qc", "LB-QC-PASS", "QC 合格标", "QC-pass label", "φ10", "pcs", "0.006", 10000),
    ("label.warn", "LB-HIPOT", "耐压测试标", "Hi-pot label", "15×8", "pcs", "0.006", 10000),
    ("print.card", "PR-WARRANTY-CN", "保修卡", "Warranty card", "中文 90×60", "pcs", "0.062", 2000),
    ("print.card", "PR-WARRANTY-EN", "保修卡", "Warranty card", "英文 90×60", "pcs", "0.068", 2000),
    ("chem.paste", "SP-SAC305-T4", "锡膏", "Solder paste", "SAC305 4 号粉 500g/瓶", "g", "0.40", 500),
    ("chem.paste", "SP-SAC0307-T4", "锡膏", "Solder paste", "SAC0307 4 号粉 500g/瓶", "g", "0.29", 500),
    ("chem.paste", "SP-SNBI-T4", "低温锡膏", "Low-temperature paste", "Sn42Bi58 500g/瓶", "g", "0.33", 500),
    ("chem.bar", "SB-SAC0307", "锡条", "Solder bar", "SAC0307 20kg/箱", "kg", "228.00", 20),
    ("chem.wire", "SW-SAC305-0.8", "锡丝", "Solder wire", "SAC305 φ0.8 1kg/卷", "kg", "305.00", 10),
    ("chem.flux", "FX-NC-800", "助焊剂", "Flux", "免洗 20L/桶", "kg", "19.50", 20),
    ("chem.glue", "GL-RTV-738W", "白胶", "RTV silicone", "单组份 300ml", "g", "0.042", 300),
    ("chem.glue", "GL-RED-3611", "贴片红胶", "SMT adhesive", "200g/支 冷藏", "g", "0.35", 200),
    ("chem.glue", "GL-EPOXY-AB", "环氧胶", "Epoxy", "AB 黑 1kg", "g", "0.058", 1000),
    ("chem.pot", "GL-POT-1.5W", "灌封胶", "Potting compound", "1.5W/mK AB 25kg", "kg", "26.00", 25),
    ("chem.varnish", "VN-DIP-155", "绝缘漆", "Insulating varnish", "155 级 18L", "kg", "34.00", 18),
    ("chem.grease", "TG-3W", "导热膏", "Thermal grease", "3W/mK 1kg", "g", "0.12", 1000),
    ("chem.coat", "CC-ACR-1B", "三防漆", "Conformal coating", "丙烯酸 18L", "kg", "58.00", 18),
    ("chem.clean", "CL-IPA-99", "清洗剂", "Cleaner", "异丙醇 99% 20L", "kg", "12.00", 16),
    ("label.esd", "LB-ESD-15", "静电警示标", "ESD warning label", "φ15 黄", "pcs", "0.008", 10000),
)  # fmt: skip

LEAD_GAUGES = (("UL1007", "24", "0.19"), ("UL1007", "22", "0.26"), ("UL1015", "18", "0.62"), ("UL1015", "16", "0.88"))
LEAD_COLOURS = (("RD", "红"), ("BK", "黑"), ("WH", "白"), ("YE", "黄"), ("BU", "蓝"), ("GN", "绿"))

CARTONS = (
    # code part, size, price, for families
    ("K1", "420×320×260", "4.90"), ("K2", "460×340×280", "5.60"), ("K3", "500×360×300", "6.40"),
    ("K4", "540×400×320", "7.20"), ("K5", "600×400×220", "6.90"), ("K6", "380×280×200", "3.80"),
)  # fmt: skip

COLOUR_BOX_PRICE = {"charger": "0.85", "adapter": "0.55", "strip": "1.65", "hub": "1.30", "led": "0.42"}
HOUSING_PRICE = {"charger": "1.75", "adapter": "1.15", "strip": "4.20", "hub": "5.80", "led": "1.60"}
PCB_PRICE = {
    "charger": "1.40",
    "adapter": "0.85",
    "strip": "0.95",
    "hub": "2.60",
    "led": "0.80",
    "bms": "5.20",
    "controller": "2.40",
}

CONSIGNED_PRODUCT = "FG-HB050C-GL-S"
"""The product whose printed box and cable the customer sends us."""


def shared_parts() -> Iterator[Part]:
    """List what several products use."""
    for role, code, name, name_en, spec, unit, cost, pack in SHARED:
        yield Part(code, name, name_en, spec, role, Decimal(cost), "", pack, unit)
    for style, gauge, cost in LEAD_GAUGES:
        for code, colour in LEAD_COLOURS:
            yield Part(f"{style}-{gauge}-{code}", "电子线", "Hook-up wire", f"{style} {gauge}AWG {colour}",
                       f"lead.{gauge}", Decimal(cost), "", 610, "m")  # fmt: skip
    for code, size, cost in CARTONS:
        yield Part(f"CTN-{code}", "外箱", "Carton", f"{size} K=K 五层", "pack.carton", Decimal(cost), "", 20)


def own_parts() -> Iterator[Part]:
    """List what belongs to one platform or product: boards, mouldings, labels, boxes, manuals."""
    for platform in PLATFORMS:
        yield from _platform_parts(platform)
    seen: set[str] = set()
    for product in products():
        for part in _product_parts(product):
            if part.code not in seen:
                seen.add(part.code)
                yield part


def _size(platform: Platform) -> Decimal:
    """Scale the price of boards and mouldings with power: 1 at 0 W, 2 at 100 W."""
    return Decimal(1) + Decimal(platform.watts) / Decimal(100)


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.0001"))


def _platform_parts(platform: Platform) -> Iterator[Part]:
    if platform.smt:
        cost = _money(Decimal(PCB_PRICE[platform.family]) * _size(platform))
        if platform.watts == 0 and "016" in platform.code:
            cost *= 3  # four layers of heavy copper
        yield Part(f"PCB-{platform.code}-V12", f"{platform.code} 光板", f"{platform.code} bare board",
                   f"{'4 层' if platform.family in ('hub', 'bms') else '2 层'} FR-4 TG150 无铅喷锡", "pcb", cost, "", 200)  # fmt: skip


def _product_parts(product: Product) -> Iterator[Part]:
    platform, family = product.platform, product.platform.family
    colour = COLOURS[product.colour][0]
    yield Part(f"LB-{product.code[3:]}", f"{platform.code} 铭牌", f"{platform.code} rating label",
               f"{MARKETS[product.market]} 40×25 PET", "label.rating", Decimal("0.095"), "", 2000)  # fmt: skip
    if family in ("bms", "controller"):
        return
    housing = _money(Decimal(HOUSING_PRICE[family]) * _size(platform))
    resin = "铝合金 阳极氧化" if family == "hub" else "PC+ABS V0"
    for half, name, name_en in (("T", "面壳", "top housing"), ("B", "底壳", "bottom housing")):
        yield Part(f"HS-{platform.code}-{half}-{product.colour}", f"{platform.code} {name}", f"{platform.code} {name_en}",
                   f"{resin} {colour}", "plas", housing if half == "T" else _money(housing * Decimal("0.8")), "", 300)  # fmt: skip
    consigned = CONSIGNING_CUSTOMER if product.code == CONSIGNED_PRODUCT else ""
    yield Part(f"CBX-{product.code[3:]}", f"{platform.code} 彩盒", f"{platform.code} colour box",
               f"{MARKETS[product.market]} {colour} 350g 白卡", "print.box",
               Decimal(0) if consigned else _money(Decimal(COLOUR_BOX_PRICE[family]) * (1 + _size(platform)) / 2),
               "", 400, owner=consigned)  # fmt: skip
    language = "CN" if product.market == "CN" else "ML"
    yield Part(f"MAN-{platform.code}-{language}", f"{platform.code} 说明书", f"{platform.code} manual",
               "中文 60g 双胶纸" if language == "CN" else "六国语言 60g 双胶纸", "print.manual",
               Decimal("0.11") if language == "CN" else Decimal("0.19"), "", 1000)  # fmt: skip
    yield Part(f"TRY-{platform.code}", f"{platform.code} 内托", f"{platform.code} inner tray",
               "环保纸塑", "pack.tray", Decimal("0.36"), "", 500)  # fmt: skip
    if consigned:
        yield Part("CS-C201-CABLE-1.0", "客供 C-C 数据线", "Customer-supplied USB-C cable",
                   "客户 logo 100W 1m", "cable.consigned", Decimal(0), "", 100, owner=consigned)  # fmt: skip


def superseded_parts() -> Iterator[Part]:
    """List the old revisions that still lie in the store: no open work order uses them."""
    for platform in PLATFORMS[::2]:
        if platform.smt:
            yield Part(f"PCB-{platform.code}-V11", f"{platform.code} 光板 旧版", f"{platform.code} bare board, old revision",
                       "已停用 V11", "pcb", Decimal(PCB_PRICE[platform.family]), "", 200)  # fmt: skip
    for platform in PLATFORMS[1:30:4]:
        yield Part(f"MAN-{platform.code}-V1", f"{platform.code} 说明书 旧版", f"{platform.code} manual, old edition", "已停用",
                   "print.manual", Decimal("0.11"), "", 1000)  # fmt: skip
