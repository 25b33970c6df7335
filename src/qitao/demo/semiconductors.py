"""Semiconductors, frequency, protection and connector parts, one row each. Makers' prefixes are invented.

KLP power control, ORM protocol and interface, YHC microcontrollers, TVN transistors, SDK diodes.
"""

# ruff: noqa: E501 - one part, one line

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qitao.demo.parts import Part

ICS = (
    # role, code, 中文, English, spec, package, price, pieces on a reel or tray
    ("ic.pwm", "KLP6105", "PWM 控制芯片", "PWM controller", "QR 65kHz", "SOT-23-6", "0.62", 3000),
    ("ic.pwm", "KLP6110", "PWM 控制芯片", "PWM controller", "QR 85kHz 高压启动", "SOP-8", "0.86", 4000),
    ("ic.pwm", "KLP6118", "PWM 控制芯片", "PWM controller", "QR 130kHz", "SOP-8", "1.05", 4000),
    ("ic.pwm", "KLP6132", "反激控制芯片", "Flyback controller", "QR/CCM 170kHz", "SSOP-10", "1.42", 4000),
    ("ic.pwm", "KLP6140", "反激控制芯片", "Flyback controller", "ACF 400kHz", "QFN-16", "2.35", 3000),
    ("ic.pwm", "KLP6205D", "原边反馈芯片", "Primary-side regulator", "内置 650V MOS 5W", "SOP-7", "0.55", 4000),
    ("ic.pwm", "KLP6212D", "原边反馈芯片", "Primary-side regulator", "内置 650V MOS 12W", "SOP-7", "0.78", 4000),
    ("ic.gan", "TVN65G150Q", "合封氮化镓芯片", "GaN power IC", "650V 150mΩ", "ESOP-10W", "8.20", 3000),
    ("ic.gan", "TVN65G240Q", "合封氮化镓芯片", "GaN power IC", "650V 240mΩ", "ESOP-10W", "5.60", 3000),
    ("ic.gan", "TVN65G365Q", "合封氮化镓芯片", "GaN power IC", "650V 365mΩ", "DFN5X6", "3.40", 5000),
    ("ic.sr", "KLP7301", "同步整流芯片", "Synchronous rectifier controller", "内置 60V 10mΩ", "SOP-8", "0.92", 4000),
    ("ic.sr", "KLP7305", "同步整流芯片", "Synchronous rectifier controller", "内置 100V 12mΩ", "SOP-8", "1.12", 4000),
    ("ic.sr", "KLP7310", "同步整流控制器", "Synchronous rectifier controller", "外驱 200kHz", "SOT-23-6", "0.58", 3000),
    ("ic.sr", "KLP7312", "同步整流控制器", "Synchronous rectifier controller", "外驱 500kHz", "SOT-23-6", "0.66", 3000),
    ("ic.pd", "ORM3120", "快充协议芯片", "Fast-charge protocol IC", "PD3.0 单口 20W", "DFN-10", "1.28", 5000),
    ("ic.pd", "ORM3133", "快充协议芯片", "Fast-charge protocol IC", "PD3.0/PPS 单口", "QFN-16", "1.66", 5000),
    ("ic.pd", "ORM3145", "快充协议芯片", "Fast-charge protocol IC", "PD3.0/PPS/QC 双口", "QFN-24", "2.35", 5000),
    ("ic.pd", "ORM3210", "快充协议芯片", "Fast-charge protocol IC", "PD3.1 28V", "QFN-32", "3.90", 5000),
    ("ic.pd.dedicated", "ORM3165", "快充协议芯片", "Fast-charge protocol IC", "PD3.0/PPS 2C1A 65W", "QFN-24", "3.40", 5000),
    ("ic.buck", "KLP8020", "降压芯片", "Buck converter", "24V 3A", "SOP-8", "0.74", 4000),
    ("ic.buck", "KLP8032", "降压芯片", "Buck converter", "36V 5A 同步", "QFN-20", "1.46", 3000),
    ("ic.buck", "KLP8045", "降压协议二合一", "Buck with protocol", "30V 45W", "QFN-32", "2.18", 3000),
    ("ic.buck", "KLP8006", "降压芯片", "Buck converter", "18V 2A", "SOT-23-6", "0.38", 3000),
    ("ic.buck", "KLP8100", "高压降压芯片", "High-voltage buck", "100V 0.6A", "ESOP-8", "1.72", 4000),
    ("ic.ldo", "KLP9033", "LDO", "LDO regulator", "3.3V 300mA", "SOT-23-3", "0.16", 3000),
    ("ic.ldo", "KLP9050", "LDO", "LDO regulator", "5.0V 300mA", "SOT-89", "0.21", 1000),
    ("ic.ldo", "KLP9118", "LDO", "LDO regulator", "1.8V 500mA", "SOT-23-5", "0.28", 3000),
    ("ic.ldo", "KLP9112", "LDO", "LDO regulator", "1.2V 1A", "SOT-223", "0.44", 2500),
    ("ic.ref", "KLP431A", "基准稳压源", "Shunt reference", "2.495V 0.5%", "SOT-23-3", "0.085", 3000),
    ("ic.ref", "KLP431L", "低功耗基准", "Low-power reference", "1.25V 1%", "SOT-23-3", "0.11", 3000),
    ("ic.opto", "SDK1010S", "光电耦合器", "Optocoupler", "CTR 130-260", "SOP-4", "0.21", 3000),
    ("ic.opto", "SDK817D", "光电耦合器", "Optocoupler", "CTR 100-200", "DIP-4", "0.17", 2000),
    ("ic.opto", "SDK3063", "可控硅光耦", "Triac optocoupler", "600V 过零", "DIP-6", "0.82", 1000),
    ("ic.hub", "ORM5210", "USB2.0 集线器芯片", "USB 2.0 hub controller", "4 口", "QFN-24", "2.20", 490),
    ("ic.hub", "ORM5310", "USB3.2 集线器芯片", "USB 3.2 hub controller", "4 口 5Gbps", "QFN-76", "6.80", 490),
    ("ic.hub", "ORM5320", "USB3.2 集线器芯片", "USB 3.2 hub controller", "4 口 10Gbps", "QFN-88", "11.60", 260),
    ("ic.video", "ORM5410", "DP 转 HDMI 芯片", "DP to HDMI converter", "4K30", "QFN-64", "8.90", 490),
    ("ic.video", "ORM5420", "DP 转 HDMI 芯片", "DP to HDMI converter", "4K60 HDR", "QFN-64", "13.80", 490),
    ("ic.video", "ORM5430", "DP MST 芯片", "DP MST splitter", "双 4K60", "BGA-132", "19.50", 260),
    ("ic.io", "ORM5510", "读卡器芯片", "Card reader controller", "SD4.0/TF", "QFN-32", "2.65", 490),
    ("ic.io", "ORM5520", "千兆网卡芯片", "Gigabit Ethernet controller", "USB3.0", "QFN-40", "6.40", 490),
    ("ic.io", "ORM5530", "音频编解码芯片", "Audio codec", "USB 24bit/96k", "QFN-32", "2.10", 490),
    ("ic.io", "ORM5601", "CAN 收发器", "CAN transceiver", "5Mbps ±58V", "SOP-8", "1.35", 2500),
    ("ic.io", "ORM5605", "RS485 收发器", "RS-485 transceiver", "半双工 3.3V", "SOP-8", "0.98", 2500),
    ("ic.io", "ORM5612", "蓝牙模组", "Bluetooth LE module", "BLE5.2 PCB 天线", "MODULE", "7.20", 800),
    ("ic.io", "ORM5618", "WiFi 模组", "Wi-Fi module", "2.4G+BLE", "MODULE", "8.60", 700),
    ("ic.mcu", "YHC32F030K6", "单片机", "Microcontroller", "M0+ 32K/4K", "LQFP-32", "2.40", 2500),
    ("ic.mcu", "YHC32F030C8", "单片机", "Microcontroller", "M0+ 64K/8K", "LQFP-48", "3.30", 2500),
    ("ic.mcu", "YHC32F103CB", "单片机", "Microcontroller", "M3 128K/20K", "LQFP-48", "6.00", 2500),
    ("ic.mcu", "YHC32G071RB", "单片机", "Microcontroller", "M0+ 128K/36K", "LQFP-64", "5.40", 1600),
    ("ic.mcu", "YHC8S105K4", "单片机", "Microcontroller", "8bit 16K", "LQFP-32", "1.55", 2500),
    ("ic.mcu", "YHC8L050F3", "单片机", "Microcontroller", "8bit 8K 低功耗", "TSSOP-20", "0.95", 4000),
    ("ic.mem", "ORM24C16", "存储器", "EEPROM", "16Kbit I2C", "SOP-8", "0.34", 4000),
    ("ic.mem", "ORM25Q32", "闪存", "SPI flash", "32Mbit", "SOP-8", "1.25", 4000),
    ("ic.afe", "YHC7605", "锂电前端芯片", "Battery front end", "5 串", "SSOP-20", "5.20", 2000),
    ("ic.afe", "YHC7610", "锂电前端芯片", "Battery front end", "10 串", "TSSOP-30", "8.40", 2000),
    ("ic.afe", "YHC7616", "锂电前端芯片", "Battery front end", "16 串", "LQFP-48", "13.60", 1600),
    ("ic.led", "KLP7820", "LED 恒流芯片", "LED driver", "隔离 PSR 无频闪", "SOP-8", "0.95", 4000),
    ("ic.led", "KLP7832", "LED 恒流芯片", "LED driver", "单级 PFC", "SOP-8", "1.48", 4000),
    ("ic.led", "KLP7845", "调光控制芯片", "Dimming controller", "0-10V/PWM 调光", "SOP-10", "1.90", 4000),
    ("ic.led.dedicated", "KLP7860", "LED 恒流芯片", "LED driver", "两级 PFC+LLC 150W", "SOP-16", "3.20", 2500),
    ("ic.pfc", "KLP6301", "PFC 控制芯片", "PFC controller", "CRM", "SOP-8", "1.12", 4000),
    ("ic.pfc", "KLP6310", "PFC+LLC 控制芯片", "PFC and LLC combo", "CCM/CRM", "SOP-16", "3.05", 2500),
    ("ic.relay", "KLP2003", "达林顿驱动", "Darlington driver", "7 路 500mA", "SOP-16", "0.46", 2500),
    ("ic.touch", "YHC8T012", "触摸芯片", "Touch sensor IC", "12 键", "SOP-24", "1.18", 1500),
)  # fmt: skip

TRANSISTORS = (
    ("fet.hv", "TVN4N65D", "高压 MOS 管", "High-voltage MOSFET", "4A 650V", "TO-252", "0.72", 2500),
    ("fet.hv", "TVN7N65F", "高压 MOS 管", "High-voltage MOSFET", "7A 650V", "TO-220F", "1.18", 1000),
    ("fet.hv", "TVN10N65F", "高压 MOS 管", "High-voltage MOSFET", "10A 650V", "TO-220F", "1.56", 1000),
    ("fet.hv", "TVN12S65F", "超结 MOS 管", "Super-junction MOSFET", "12A 650V 300mΩ", "TO-220F", "2.10", 1000),
    ("fet.hv", "TVN20S65F", "超结 MOS 管", "Super-junction MOSFET", "20A 650V 165mΩ", "TO-220F", "3.45", 1000),
    ("fet.lv", "TVN2302", "N 沟道 MOS 管", "N-channel MOSFET", "20V 3A", "SOT-23", "0.062", 3000),
    ("fet.lv", "TVN3401", "P 沟道 MOS 管", "P-channel MOSFET", "30V 4A", "SOT-23", "0.088", 3000),
    ("fet.lv", "TVN3004Q", "N 沟道 MOS 管", "N-channel MOSFET", "30V 4mΩ", "PDFN3X3", "0.38", 5000),
    ("fet.lv", "TVN3007Q", "N 沟道 MOS 管", "N-channel MOSFET", "30V 7mΩ", "PDFN3X3", "0.29", 5000),
    ("fet.lv", "TVN6010Q", "N 沟道 MOS 管", "N-channel MOSFET", "60V 10mΩ", "PDFN5X6", "0.64", 5000),
    ("fet.lv", "TVN1008Q", "N 沟道 MOS 管", "N-channel MOSFET", "100V 8mΩ", "PDFN5X6", "1.05", 5000),
    ("fet.pack", "TVN8003T", "低内阻 MOS 管", "Low-resistance MOSFET", "80V 3mΩ", "TOLL-8", "2.30", 2000),
    ("fet.pack", "TVN1005T", "低内阻 MOS 管", "Low-resistance MOSFET", "100V 5mΩ", "TOLL-8", "2.75", 2000),
    ("fet.pack", "TVN4002Q", "低内阻 MOS 管", "Low-resistance MOSFET", "40V 2mΩ", "PDFN5X6", "0.96", 5000),
    ("bjt", "TVN3904", "NPN 三极管", "NPN transistor", "40V 0.2A", "SOT-23", "0.031", 3000),
    ("bjt", "TVN3906", "PNP 三极管", "PNP transistor", "40V 0.2A", "SOT-23", "0.032", 3000),
    ("bjt", "TVN8050", "NPN 三极管", "NPN transistor", "25V 1.5A", "SOT-23", "0.039", 3000),
    ("bjt", "TVN13003", "高压三极管", "High-voltage transistor", "400V 1.5A", "TO-92", "0.145", 2000),
)  # fmt: skip

DIODES = (
    # role, 中文, English, package, price, reel, list of (code, spec)
    ("d.switch", "开关二极管", "Switching diode", "SOD-123", "0.018", 3000, (("SDK4148W", "75V 0.15A"), ("SDK99", "双 70V"))),
    ("d.schottky", "肖特基二极管", "Schottky diode", "SMA", "0.072", 5000,
     (("SDK14", "1A 40V"), ("SDK34", "3A 40V"), ("SDK36", "3A 60V"), ("SDK310", "3A 100V"), ("SDK54", "5A 40V"))),
    ("d.schottky", "肖特基二极管", "Schottky diode", "TO-277", "0.38", 5000,
     (("SDK1045L", "10A 45V"), ("SDK10100L", "10A 100V"), ("SDK15150", "15A 150V"))),
    ("d.fast", "快恢复二极管", "Fast recovery diode", "SOD-123FL", "0.046", 3000,
     (("SDKRS1M", "1A 1000V"), ("SDKUS1J", "1A 600V"), ("SDKES1J", "1A 600V 35ns"), ("SDKRS2M", "2A 1000V"))),
    ("d.fast.dip", "超快恢复二极管", "Ultrafast diode", "TO-220", "0.92", 1000, (("SDKMUR860", "8A 600V"), ("SDKMUR1560", "15A 600V"))),
    ("d.bridge", "整流桥", "Bridge rectifier", "ABS", "0.21", 3000,
     (("SDKABS10", "1A 1000V"), ("SDKABS210", "2A 1000V"), ("SDKYBS3010", "3A 1000V"))),
    ("d.bridge", "整流桥", "Bridge rectifier", "GBU", "0.78", 500,
     (("SDKGBU406", "4A 600V"), ("SDKGBU608", "6A 800V"), ("SDKGBU808", "8A 800V"))),
    ("d.zener", "稳压二极管", "Zener diode", "SOD-123", "0.022", 3000,
     (("SDKZ3V3", "3.3V 0.5W"), ("SDKZ5V1", "5.1V 0.5W"), ("SDKZ6V2", "6.2V 0.5W"), ("SDKZ12", "12V 0.5W"),
      ("SDKZ15", "15V 0.5W"), ("SDKZ18", "18V 0.5W"), ("SDKZ24", "24V 0.5W"))),
    ("d.tvs", "瞬态抑制二极管", "TVS diode", "SMB", "0.19", 3000,
     (("SDKSMB18A", "18V 600W"), ("SDKSMB26A", "26V 600W"), ("SDKSMB33CA", "33V 双向"), ("SDKSMB58A", "58V 600W"), ("SDKSMB85CA", "85V 双向"))),
    ("d.esd", "静电保护管", "ESD protector", "DFN1006", "0.044", 10000,
     (("SDKE5V0", "5V 0.5pF"), ("SDKE5V4", "5V 四路"), ("SDKE24V", "24V"), ("SDKE3V3", "3.3V 0.3pF"))),
    ("d.led", "贴片发光管", "Indicator LED", "0603", "0.026", 4000, (("SDKL-W", "白"), ("SDKL-G", "绿"), ("SDKL-R", "红"), ("SDKL-B", "蓝"))),
)  # fmt: skip

SUNDRIES = (
    # role, code, 中文, English, spec, package, price, pack
    ("freq", "XT3225-12M", "贴片晶振", "Crystal", "12MHz 20pF 10ppm", "3225", "0.24", 3000),
    ("freq", "XT3225-25M", "贴片晶振", "Crystal", "25MHz 18pF 10ppm", "3225", "0.26", 3000),
    ("freq", "XT3225-8M", "贴片晶振", "Crystal", "8MHz 20pF 20ppm", "3225", "0.22", 3000),
    ("freq", "XT3215-32K", "贴片晶振", "Crystal", "32.768kHz 12.5pF", "3215", "0.31", 3000),
    ("freq", "XT2016-27M", "贴片晶振", "Crystal", "27MHz 10ppm", "2016", "0.34", 3000),
    ("prot.fuse", "FU-T1A-250", "保险丝", "Fuse", "T1A 250V 方型", "DIP", "0.16", 1000),
    ("prot.fuse", "FU-T2A-250", "保险丝", "Fuse", "T2A 250V 方型", "DIP", "0.16", 1000),
    ("prot.fuse", "FU-T3A15-250", "保险丝", "Fuse", "T3.15A 250V 方型", "DIP", "0.17", 1000),
    ("prot.fuse", "FU-T5A-250", "保险丝", "Fuse", "T5A 250V 方型", "DIP", "0.19", 1000),
    ("prot.smdfuse", "FS1206-3A", "贴片保险丝", "SMD fuse", "3A 32V", "1206", "0.13", 3000),
    ("prot.smdfuse", "FS2410-30A", "贴片保险丝", "SMD fuse", "30A 80V 三端", "2410", "1.05", 2000),
    ("prot.ntc", "NT-5D-7", "功率热敏电阻", "Inrush NTC", "5Ω 1A", "DIP", "0.21", 1000),
    ("prot.ntc", "NT-5D-9", "功率热敏电阻", "Inrush NTC", "5Ω 3A", "DIP", "0.28", 1000),
    ("prot.smdntc", "NT0603-10K", "贴片热敏电阻", "SMD NTC", "10K B3435 1%", "0603", "0.062", 4000),
    ("prot.smdntc", "NT0603-100K", "贴片热敏电阻", "SMD NTC", "100K B4250 1%", "0603", "0.068", 4000),
    ("prot.mov", "MV-10D471K", "压敏电阻", "Varistor", "470V φ10", "DIP", "0.27", 1000),
    ("prot.mov", "MV-14D471K", "压敏电阻", "Varistor", "470V φ14", "DIP", "0.39", 1000),
    ("prot.mov", "MV-20D621K", "压敏电阻", "Varistor", "620V φ20", "DIP", "0.82", 500),
    ("prot.relay", "RL-5V-10A", "继电器", "Relay", "5V 10A 250VAC", "DIP", "1.62", 500),
    ("prot.relay", "RL-12V-16A", "继电器", "Relay", "12V 16A 250VAC", "DIP", "2.35", 500),
    ("prot.breaker", "CB-10A", "过载保护器", "Overload breaker", "10A 250V 复位", "", "1.75", 500),
    ("prot.breaker", "CB-16A", "过载保护器", "Overload breaker", "16A 250V 复位", "", "1.95", 500),
)  # fmt: skip

CONNECTORS = (
    ("conn.usbc", "UC-16P-SMT", "Type-C 母座", "USB-C receptacle", "16P 沉板", "SMT", "0.42", 1200),
    ("conn.usbc", "UC-24P-SMT", "Type-C 母座", "USB-C receptacle", "24P 全功能", "SMT", "0.98", 900),
    ("conn.usbc", "UC-6P-V", "Type-C 母座", "USB-C receptacle", "6P 立式充电", "DIP", "0.31", 1500),
    ("conn.usba", "UA-4P-90", "USB-A 母座", "USB-A receptacle", "2.0 卧式", "DIP", "0.26", 1000),
    ("conn.usba", "UA-4P-V", "USB-A 母座", "USB-A receptacle", "2.0 立式", "DIP", "0.28", 1000),
    ("conn.usba3", "UA-9P-90", "USB-A 母座", "USB-A receptacle", "3.0 卧式 蓝胶", "DIP", "0.64", 800),
    ("conn.hdmi", "HD-19P-SMT", "HDMI 母座", "HDMI receptacle", "19P A 型", "SMT", "0.92", 600),
    ("conn.rj45", "RJ-8P-G", "网口座", "RJ45 jack", "千兆 带变压器", "DIP", "3.80", 300),
    ("conn.card", "SD-9P-PP", "SD 卡座", "SD card socket", "推推式", "SMT", "0.78", 800),
    ("conn.card", "TF-8P-PP", "TF 卡座", "microSD socket", "推推式", "SMT", "0.52", 1500),
    ("conn.audio", "PJ-3.5-SMT", "耳机座", "Audio jack", "3.5mm 4 段", "SMT", "0.36", 1500),
    ("conn.dc", "DC-005-25", "DC 母座", "DC jack", "5.5×2.5", "DIP", "0.34", 1000),
    ("conn.inlet", "AC-C8-2P", "AC 插座", "AC inlet", "C8 八字 2.5A", "DIP", "0.58", 800),
    ("conn.inlet", "AC-C6-3P", "AC 插座", "AC inlet", "C6 梅花 2.5A", "DIP", "0.76", 600),
    ("conn.inlet", "AC-C14-3P", "AC 插座", "AC inlet", "C14 品字 10A", "DIP", "1.05", 500),
    ("conn.wafer", "WF-PH2.0-2A", "针座", "Wafer header", "PH2.0 2P", "DIP", "0.042", 2000),
    ("conn.wafer", "WF-PH2.0-4A", "针座", "Wafer header", "PH2.0 4P", "DIP", "0.066", 2000),
    ("conn.wafer", "WF-PH2.0-6A", "针座", "Wafer header", "PH2.0 6P", "DIP", "0.088", 2000),
    ("conn.wafer", "WF-XH2.5-3A", "针座", "Wafer header", "XH2.54 3P", "DIP", "0.061", 2000),
    ("conn.wafer", "WF-XH2.5-5A", "针座", "Wafer header", "XH2.54 5P", "DIP", "0.085", 2000),
    ("conn.wafer", "WF-VH3.96-2A", "针座", "Wafer header", "VH3.96 2P", "DIP", "0.095", 1000),
    ("conn.wafer", "WF-SM1.25-10A", "针座", "Wafer header", "1.25 10P 贴片", "SMT", "0.28", 1500),
    ("conn.term", "TB-KF2EDG-2P", "接线端子", "Terminal block", "5.08 2P", "DIP", "0.38", 500),
    ("conn.term", "TB-KF2EDG-4P", "接线端子", "Terminal block", "5.08 4P", "DIP", "0.72", 500),
    ("conn.term", "TB-M5-COPPER", "大电流端子", "High-current stud", "M5 50A", "DIP", "0.95", 500),
    ("conn.housing", "HSG-PH2.0-2Y", "胶壳", "Crimp housing", "PH2.0 2P", "", "0.018", 5000),
    ("conn.housing", "HSG-PH2.0-4Y", "胶壳", "Crimp housing", "PH2.0 4P", "", "0.028", 5000),
    ("conn.housing", "HSG-XH2.5-5Y", "胶壳", "Crimp housing", "XH2.54 5P", "", "0.034", 5000),
    ("conn.housing", "HSG-VH3.96-2Y", "胶壳", "Crimp housing", "VH3.96 2P", "", "0.036", 5000),
    ("conn.crimp", "TML-PH2.0", "端子", "Crimp terminal", "PH2.0 磷铜镀锡", "", "0.009", 10000),
    ("conn.crimp", "TML-XH2.5", "端子", "Crimp terminal", "XH2.54 磷铜镀锡", "", "0.011", 10000),
    ("conn.crimp", "TML-VH3.96", "端子", "Crimp terminal", "VH3.96 磷铜镀锡", "", "0.016", 10000),
    ("conn.crimp", "TML-RING-M5", "圆形端子", "Ring terminal", "M5 铜镀锡", "", "0.065", 2000),
)  # fmt: skip


def semiconductors() -> Iterator[Part]:
    """List the parts of every table above."""
    for role, code, name, name_en, spec, package, cost, pack in (*ICS, *TRANSISTORS, *SUNDRIES, *CONNECTORS):
        yield Part(code, name, name_en, spec, role, Decimal(cost), package, pack)
    for role, name, name_en, package, cost, pack, rows in DIODES:
        for code, spec in rows:
            yield Part(code, name, name_en, spec, role, Decimal(cost), package, pack)
