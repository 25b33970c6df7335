"""Suppliers and customers of the demo factory. All are invented; how each supplier keeps its dates is part of the row."""

# ruff: noqa: E501 - one company, one line

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Habit:
    """How a supplier keeps its promises, in working days against the promise."""

    typical_late: float  # the middle of its ordinary deliveries; negative = early
    spread: float
    disaster: float  # the share of deliveries that slip by weeks
    rejects: float  # the share of deliveries with rejected pieces


PUNCTUAL = Habit(-0.6, 0.8, 0.004, 0.006)
STEADY = Habit(0.2, 1.2, 0.012, 0.012)
LOOSE = Habit(1.6, 2.2, 0.03, 0.02)
SLIPPING = Habit(4.2, 3.6, 0.08, 0.025)  # promises early, delivers a week later
ROUGH = Habit(0.8, 1.6, 0.02, 0.075)  # on time, but the inspection sends much of it back


@dataclass(frozen=True, slots=True)
class SupplierRow:
    code: str
    name: str
    name_en: str
    sells: tuple[str, ...]  # category codes; the first is what it is best at
    habit: Habit
    contact: str
    country: str = "CN"


SUPPLIERS: tuple[SupplierRow, ...] = (
    SupplierRow("V101", "深圳市汇沣元电子", "Huifengyuan Components", ("RES", "CAP"), STEADY, "罗小姐"),
    SupplierRow("V102", "东莞市砺成阻容", "Licheng Passives", ("RES",), PUNCTUAL, "何先生"),
    SupplierRow("V103", "潮州晶陌陶瓷电容", "Jingmo Ceramics", ("CAP",), STEADY, "蔡小姐"),
    SupplierRow("V104", "高雄禾聿被動元件", "Heyu Passive Parts", ("CAP", "RES"), PUNCTUAL, "郭小姐", "TW"),
    SupplierRow("V105", "益阳铄源电容器", "Shuoyuan Capacitors", ("ECAP",), LOOSE, "刘先生"),
    SupplierRow("V106", "肇庆珞能电子", "Luoneng Electronics", ("ECAP", "SAFE"), STEADY, "梁小姐"),
    SupplierRow("V107", "佛山崎安薄膜电容", "Qi'an Film Capacitors", ("SAFE",), PUNCTUAL, "区先生"),
    SupplierRow("V108", "惠州磁沅电感", "Ciyuan Inductors", ("IND",), STEADY, "钟小姐"),
    SupplierRow("V109", "东莞市纬磁科技", "Weici Magnetics", ("IND", "MAG"), LOOSE, "叶先生"),
    SupplierRow("V110", "海宁铎腾磁材", "Duoteng Ferrites", ("MAG",), PUNCTUAL, "沈先生"),
    SupplierRow("V111", "中山绕友骨架塑胶", "Raoyou Bobbins", ("MAG",), STEADY, "冯小姐"),
    SupplierRow("V112", "清远鸿缕漆包线", "Honglü Magnet Wire", ("MAG", "WIRE"), STEADY, "谭先生"),
    SupplierRow("V113", "常州晟刻半导体", "Shengke Semiconductor", ("DIO",), STEADY, "蒋先生"),
    SupplierRow("V114", "扬州泓极微电子", "Hongji Microelectronics", ("DIO", "FET"), LOOSE, "孙小姐"),
    SupplierRow("V115", "无锡拓沃能半导体", "Tuovon Semiconductor (TVN)", ("FET",), STEADY, "周先生"),
    SupplierRow("V116", "苏州氮极芯科", "Danji GaN Devices", ("FET", "IC"), SLIPPING, "陆小姐"),
    SupplierRow("V117", "上海开朴微电子", "Kaipu Microelectronics (KLP)", ("IC",), LOOSE, "张先生"),
    SupplierRow("V118", "杭州奥芮协议芯片", "Aurui Protocol ICs (ORM)", ("IC",), SLIPPING, "俞小姐"),
    SupplierRow("V119", "珠海元禾讯集成电路", "Yuanhexun IC (YHC)", ("IC",), STEADY, "黎先生"),
    SupplierRow("V120", "香港利駿通電子貿易", "Lijuntong Trading", ("IC", "FET", "DIO"), ROUGH, "陳先生", "HK"),
    SupplierRow("V121", "深圳市芯渡供应链", "Xindu Supply Chain", ("IC", "CAP"), PUNCTUAL, "许小姐"),
    SupplierRow("V122", "随州频石晶体", "Pinshi Crystals", ("FREQ",), STEADY, "程先生"),
    SupplierRow("V123", "厦门熔卫保险丝", "Rongwei Fuses", ("PROT",), PUNCTUAL, "洪小姐"),
    SupplierRow("V124", "成都敏镧热敏电阻", "Minlan Thermistors", ("PROT",), STEADY, "唐先生"),
    SupplierRow("V125", "东莞市接锐连接器", "Jierui Connectors", ("CONN",), STEADY, "邓小姐"),
    SupplierRow("V126", "乐清端禾电气", "Duanhe Electric", ("CONN", "HW"), LOOSE, "陈先生"),
    SupplierRow("V127", "昆山柯瑞连接器", "Kerui Interconnect", ("CONN",), PUNCTUAL, "顾小姐"),
    SupplierRow("V128", "惠州络板电路", "Luoban Circuits", ("PCB",), STEADY, "曾先生"),
    SupplierRow("V129", "江门岭线线路板", "Lingxian PCB", ("PCB",), LOOSE, "区小姐"),
    SupplierRow("V130", "赣州快绘电路", "Kuaihui Quick-turn PCB", ("PCB",), PUNCTUAL, "钟先生"),
    SupplierRow("V131", "东莞市线途电线", "Xiantu Wire", ("WIRE", "CABLE"), STEADY, "莫小姐"),
    SupplierRow("V132", "宁波衡插电源线", "Hengcha Power Cords", ("CABLE",), STEADY, "郑先生"),
    SupplierRow("V133", "深圳市联缆线束", "Lianlan Cables", ("CABLE", "WIRE"), LOOSE, "赖小姐"),
    SupplierRow("V134", "东莞市模壹塑胶", "Moyi Plastics", ("PLAS",), ROUGH, "翁先生"),
    SupplierRow("V135", "中山润型精密塑胶", "Runxing Precision Moulding", ("PLAS",), STEADY, "欧阳小姐"),
    SupplierRow("V136", "惠州臻注科技", "Zhenzhu Moulding", ("PLAS",), PUNCTUAL, "范先生"),
    SupplierRow("V137", "东莞市固泰五金", "Gutai Hardware", ("HW",), STEADY, "黄先生"),
    SupplierRow("V138", "佛山铝骐散热", "Lüqi Heat Sinks", ("HW",), STEADY, "霍小姐"),
    SupplierRow("V139", "深圳市导芮新材", "Daorui Thermal Materials", ("HW", "CHEM"), PUNCTUAL, "方先生"),
    SupplierRow("V140", "东莞市彩笺印刷", "Caijian Printing", ("LABEL", "PRINT"), PUNCTUAL, "袁小姐"),
    SupplierRow("V141", "惠州箱悦包装", "Xiangyue Packaging", ("PACK",), STEADY, "游先生"),
    SupplierRow("V142", "东莞市纸谣包装", "Zhiyao Packaging", ("PACK", "PRINT"), LOOSE, "简小姐"),
    SupplierRow("V143", "深圳市锡界焊料", "Xijie Solder", ("CHEM",), STEADY, "庄先生"),
    SupplierRow("V144", "广州黏合堂胶业", "Nianhetang Adhesives", ("CHEM",), STEADY, "伍小姐"),
    SupplierRow("V145", "槟城東嵐元件", "Donglan Components", ("DIO", "IC", "RES"), LOOSE, "Ms Tan", "MY"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CustomerRow:
    code: str
    name: str
    name_en: str
    families: tuple[str, ...]  # the product families it buys
    country: str = "CN"
    margin: Decimal = Decimal("1.24")  # price over cost
    penalty_permille: int = 0  # of the line's value, per day late


CUSTOMERS: tuple[CustomerRow, ...] = (
    CustomerRow("C201", "叙川数码", "Xuchuan Digital", ("charger", "hub"), penalty_permille=5),
    CustomerRow("C202", "Nordhaven Mobile AB", "Nordhaven Mobile", ("charger",), "SE", Decimal("1.33"), 8),
    CustomerRow("C203", "Bramfield & Lowe Ltd", "Bramfield & Lowe", ("charger", "strip"), "GB", Decimal("1.30")),
    CustomerRow("C204", "苏禾优品", "Suhe Select", ("charger", "strip"), margin=Decimal("1.18"), penalty_permille=3),
    CustomerRow("C205", "墨屿科技", "Moyu Technology", ("hub", "charger")),
    CustomerRow("C206", "Kestrel Peripherals Inc.", "Kestrel Peripherals", ("hub",), "US", Decimal("1.36"), 6),
    CustomerRow("C207", "杭州予舟网络", "Yuzhou Networks", ("adapter",), penalty_permille=4),
    CustomerRow("C208", "Ostrava Telekom s.r.o.", "Ostrava Telekom", ("adapter",), "CZ", Decimal("1.28"), 5),
    CustomerRow("C209", "臺南穎築資訊", "Yingzhu Computing", ("adapter", "hub"), "TW", Decimal("1.27"), 4),
    CustomerRow("C210", "安岭安防", "Anling Security", ("adapter",)),
    CustomerRow("C211", "Meridia Lighting GmbH", "Meridia Lighting", ("led",), "DE", Decimal("1.34"), 7),
    CustomerRow("C212", "中山煦光照明", "Xuguang Lighting", ("led",), margin=Decimal("1.19")),
    CustomerRow("C213", "宁波朗汀灯饰", "Langting Luminaires", ("led",)),
    CustomerRow("C214", "常州骁骑电动车", "Xiaoqi E-bikes", ("bms",), penalty_permille=6),
    CustomerRow("C215", "Voltera Tools S.p.A.", "Voltera Tools", ("bms", "adapter"), "IT", Decimal("1.31")),
    CustomerRow("C216", "合肥储沃能源", "Chuwo Energy", ("bms",), penalty_permille=4),
    CustomerRow("C217", "顺德慧灶电器", "Huizao Appliances", ("controller",), penalty_permille=5),
    CustomerRow("C218", "青岛澈水净饮", "Cheshui Water", ("controller",)),
    CustomerRow("C219", "家链智能", "Jialian Smart Home", ("strip", "controller")),
    CustomerRow("C220", "Hazelmoor Retail plc", "Hazelmoor Retail", ("strip",), "GB", Decimal("1.29"), 4),
    CustomerRow("C221", "慢慢买家居", "Manman Home", ("strip",), margin=Decimal("1.17")),
    CustomerRow("C222", "Pacífica Distribución", "Pacifica Distribution", ("charger", "adapter"), "MX"),
    CustomerRow("C223", "新加坡海澜通路", "Hailan Channel", ("charger", "hub"), "SG", Decimal("1.26")),
    CustomerRow("C224", "大阪ミナモ商事", "Minamo Trading", ("charger", "led"), "JP", Decimal("1.35"), 9),
    CustomerRow("C225", "武汉荆原医疗设备", "Jingyuan Medical Devices", ("adapter", "controller"), margin=Decimal("1.38")),
)  # fmt: skip

CONSIGNING_CUSTOMER = "C201"
"""The customer whose own printed boxes and cables lie in our store (customer-supplied material)."""
