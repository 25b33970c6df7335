"""What the factory makes: 47 platforms (one circuit board each) and the 80 products built on them."""

# ruff: noqa: E501 - one design, one line

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Platform:
    """A design. `smt` and `dip` name its key parts (`CODE*2` = two of them); small parts are drawn by the recipe."""

    code: str
    family: str
    name: str
    name_en: str
    watts: int
    smt: str = ""
    dip: str = ""
    core: str = ""  # the transformer's core size; empty = no transformer
    harness: str = ""  # crimp housing of the wire harness inside; empty = none
    small: tuple[int, int, int] = (0, 0, 0)  # distinct resistors, capacitors, diodes and transistors on the board
    batch: tuple[int, int] = (6000, 18000)  # work orders are for so many
    fixed_parts: tuple[str, ...] = field(default=())  # extra parts of the main assembly


P = Platform

PLATFORMS: tuple[Platform, ...] = (
    # Chargers
    P("GC020A", "charger", "20W PD 充电器 1C", "20W PD charger 1C", 20,
      "KLP6110 TVN65G365Q KLP7310 TVN6010Q ORM3120 KLP431A SDK1010S SDKABS210 UC-16P-SMT",
      "EC-400V-15U-10X16*2 PC-16V-560U-8X9 YC-1N0-Y1 CM-T9-200UH FU-T2A-250 EC-50V-10U-5X11", "EE16", small=(20, 12, 7), batch=(18000, 48000)),
    P("GC030A", "charger", "30W PD 充电器 1C", "30W PD charger 1C", 30,
      "KLP6118 TVN65G365Q KLP7310 TVN6010Q ORM3133 KLP431A SDK1010S SDKABS210 UC-16P-SMT",
      "EC-400V-22U-10X20*2 PC-25V-330U-8X9 YC-1N0-Y1 CM-T12-350UH FU-T2A-250 EC-50V-10U-5X11", "EE19", small=(22, 13, 7), batch=(15000, 36000)),
    P("GC033A", "charger", "33W 快充充电器 1C1A", "33W charger 1C1A", 33,
      "KLP6118 TVN65G365Q KLP7312 TVN6010Q ORM3145 KLP431A SDK1010S SDKABS210 UC-16P-SMT TVN3401",
      "EC-400V-27U-10X25*2 PC-25V-330U-8X9 YC-1N0-Y1 CM-T12-350UH FU-T2A-250 UA-4P-V EC-50V-10U-5X11", "EF20", small=(24, 14, 8), batch=(15000, 36000)),
    P("GC045A", "charger", "45W 氮化镓充电器 2C", "45W GaN charger 2C", 45,
      "KLP6132 TVN65G240Q KLP7312 TVN6010Q ORM3145 KLP8045 KLP431A SDK1010S SDKYBS3010 UC-16P-SMT*2",
      "EC-400V-33U-13X20*2 PC-25V-470U-8X12*2 YC-2N2-Y1 CM-UU9.8-20MH FU-T3A15-250 XC-0U1-275-P10", "ATQ17", small=(26, 16, 9), batch=(12000, 30000)),
    P("GC065A", "charger", "65W 氮化镓充电器 2C1A", "65W GaN charger 2C1A", 65,
      "KLP6132 TVN65G150Q KLP7312 TVN1008Q*2 ORM3165 KLP8045*2 KLP8032 YHC8L050F3 KLP431A SDK1010S SDKYBS3010 UC-16P-SMT*2 LP1040-10R*2",
      "EC-400V-82U-18X25 PC-25V-680U-8X14*3 YC-2N2-Y1 CM-UU9.8-30MH FU-T3A15-250 XC-0U22-275-P10 UA-4P-V", "ATQ23", small=(30, 20, 11), batch=(12000, 30000)),
    P("GC067S", "charger", "67W 手机快充充电器", "67W phone charger", 67,
      "KLP6132 TVN65G150Q KLP7312 TVN1008Q ORM3145 KLP431A SDK1010S SDKYBS3010 UA-4P-90",
      "EC-400V-68U-16X25 PC-25V-560U-8X12*2 YC-2N2-Y1 CM-UU9.8-20MH FU-T3A15-250 XC-0U22-275-P10", "ATQ23", small=(28, 17, 9), batch=(12000, 27000)),
    P("GC100A", "charger", "100W 氮化镓充电器 3C1A", "100W GaN charger 3C1A", 100,
      "KLP6310 TVN65G150Q*2 KLP7312 TVN1008Q*2 ORM3145*2 KLP8045*2 YHC32F030K6 KLP431A SDK1010S*2 UC-16P-SMT*3 LP1265-10R*2",
      "EC-400V-100U-18X30 PC-25V-680U-8X14*4 YC-2N2-Y1*2 CM-SQ1212-8MH FU-T3A15-250 XC-0U33-275-P15 UA-4P-V SDKGBU406", "PQ2016", small=(34, 24, 13), batch=(6000, 18000)),
    P("GC120D", "charger", "120W 桌面充电站", "120W desktop charging station", 120,
      "KLP6310 TVN65G150Q*2 KLP7312 TVN1008Q*2 ORM3145*2 KLP8045*3 YHC32F030C8 KLP431A SDK1010S*2 UC-16P-SMT*3 LP1265-15R*3",
      "EC-400V-120U-18X35 PC-25V-680U-8X14*4 YC-2N2-Y1*2 CM-SQ1515-12MH FU-T3A15-250 XC-0U47-275-P15 UA-4P-90*2 SDKGBU406 AC-C8-2P", "PQ2620", small=(36, 25, 13), batch=(3000, 12000)),
    P("GC140A", "charger", "140W 氮化镓充电器 PD3.1", "140W GaN charger PD3.1", 140,
      "KLP6310 TVN65G150Q*2 KLP7312*2 TVN1008Q*3 ORM3210 ORM3145 KLP8045*2 YHC32F030C8 KLP431A SDK1010S*2 UC-16P-SMT*3 LP1265-10R*2",
      "EC-400V-150U-18X40 PC-35V-330U-10X12*3 YC-2N2-Y1*2 CM-SQ1515-12MH FU-T5A-250 XC-0U47-275-P15 UA-4P-V SDKGBU608", "PQ2620", small=(38, 26, 14), batch=(3000, 12000)),
    # Power adapters
    P("AD012A", "adapter", "12V1A 插墙适配器", "12V 1A wall adapter", 12,
      "KLP6212D SDK34 KLP431A", "EC-400V-10U-10X13*2 EC-25V-470U-8X16 SDK817D SDKABS10 FU-T1A-250 YC-1N0-Y1 LD0810-220 MV-10D471K", "EE16", small=(14, 7, 4), batch=(15000, 42000)),
    P("AD024A", "adapter", "12V2A 插墙适配器", "12V 2A wall adapter", 24,
      "KLP6110 SDK10100L KLP431A", "EC-400V-33U-13X20 EC-25V-1000U-10X20 TVN4N65D SDK817D SDKABS210 FU-T2A-250 YC-2N2-Y1 CM-UU9.8-10MH XC-0U1-275-P10", "EE19", "HSG-PH2.0-2Y", (18, 9, 6), (12000, 36000)),
    P("AD036A", "adapter", "12V3A 桌面适配器", "12V 3A desktop adapter", 36,
      "KLP6110 SDK15150 KLP431A", "EC-400V-47U-16X20 EC-25V-1000U-10X20*2 TVN4N65D SDK817D SDKYBS3010 FU-T2A-250 YC-2N2-Y1 CM-UU9.8-20MH XC-0U22-275-P10 AC-C8-2P", "EF20", "HSG-XH2.5-5Y", (20, 10, 6), (9000, 27000)),
    P("AD045A", "adapter", "19V2.37A 笔记本适配器", "19V 2.37A notebook adapter", 45,
      "KLP6118 KLP7310 TVN1008Q KLP431A", "EC-400V-68U-16X25 EC-35V-680U-10X20*2 TVN7N65F SDK817D SDKYBS3010 FU-T3A15-250 YC-2N2-Y1 CM-UU9.8-30MH XC-0U22-275-P10 AC-C6-3P", "RM8", "HSG-XH2.5-5Y", (22, 12, 7), (9000, 24000)),
    P("AD065A", "adapter", "19V3.42A 笔记本适配器", "19V 3.42A notebook adapter", 65,
      "KLP6118 KLP7310 TVN1008Q KLP431A", "EC-400V-82U-18X25 EC-35V-1000U-10X25*2 TVN10N65F SDK817D SDKGBU406 FU-T3A15-250 YC-2N2-Y1 CM-UU10.5-15MH XC-0U33-275-P15 AC-C6-3P NT-5D-9", "RM10", "HSG-XH2.5-5Y", (23, 13, 7), (9000, 24000)),
    P("AD090A", "adapter", "19V4.74A 笔记本适配器", "19V 4.74A notebook adapter", 90,
      "KLP6132 KLP7312 TVN1008Q KLP431A KLP6301", "EC-400V-120U-18X30-LL EC-35V-1000U-10X25*2 TVN12S65F SDK817D SDKGBU406 FU-T3A15-250 YC-2N2-Y1*2 CM-UU10.5-30MH XC-0U47-275-P15 AC-C6-3P NT-5D-9", "PQ2016", "HSG-XH2.5-5Y", (26, 15, 8), (6000, 18000)),
    P("AD120A", "adapter", "24V5A 工业适配器", "24V 5A industrial adapter", 120,
      "KLP6310 KLP7312 TVN1008Q*2 KLP431A", "EC-400V-120U-18X35 EC-35V-1000U-10X25*3 TVN20S65F*2 SDK817D*2 SDKGBU608 FU-T5A-250 YC-2N2-Y1*2 CM-T16-15MH XC-0U68-275-P15 AC-C14-3P NT-5D-9 SDKMUR860", "PQ3220", "HSG-VH3.96-2Y", (30, 18, 9), (3000, 12000)),
    P("AD060M", "adapter", "12V5A 医疗适配器", "12V 5A medical adapter", 60,
      "KLP6132 KLP7312 TVN1008Q KLP431A", "EC-400V-100U-18X30 PC-16V-820U-8X12*3 TVN12S65F SDK817D SDKGBU406 FU-T3A15-250*2 YC-470P-Y1*2 CM-UU10.5-30MH XC-0U47-275-P15 AC-C14-3P", "RM10", "HSG-XH2.5-5Y", (25, 15, 8), (3000, 12000)),
    P("AD015P", "adapter", "5V3A 插墙适配器 Type-C", "5V 3A wall adapter USB-C", 15,
      "KLP6212D KLP7301 KLP431A", "EC-400V-10U-10X13*2 EC-16V-1000U-10X16 SDK817D SDKABS10 FU-T1A-250 YC-1N0-Y1 LD0810-330 UC-6P-V", "EE13", small=(14, 8, 4), batch=(15000, 42000)),
    # Power strips; the ones without USB have no board
    P("PS040A", "strip", "4 位排插", "4-way power strip", 0, batch=(9000, 27000), fixed_parts=("CB-10A", "SW-ROCKER-R")),
    P("PS060A", "strip", "6 位排插 独立开关", "6-way power strip, separate switches", 0, batch=(9000, 24000), fixed_parts=("CB-10A", "SW-ROCKER-R*6")),
    P("PS080A", "strip", "8 位排插 防雷", "8-way surge power strip", 0, batch=(6000, 15000), fixed_parts=("CB-16A", "SW-ROCKER-R*2", "MV-20D621K*3")),
    P("PS040U", "strip", "4 位 20W USB 排插", "4-way strip with 20W USB", 20,
      "KLP6110 TVN65G365Q KLP7310 TVN6010Q ORM3120 KLP431A SDK1010S SDKABS210",
      "EC-400V-15U-10X16*2 PC-16V-560U-8X9 YC-1N0-Y1 LD0810-471 FU-T2A-250 UC-6P-V UA-4P-V*2", "EE16", "HSG-VH3.96-2Y", (20, 12, 7), (9000, 24000), ("CB-10A", "SW-ROCKER-R")),
    P("PS060U", "strip", "6 位 30W USB 排插", "6-way strip with 30W USB", 30,
      "KLP6118 TVN65G365Q KLP7312 TVN6010Q ORM3133 KLP431A SDK1010S SDKABS210",
      "EC-400V-22U-10X20*2 PC-25V-330U-8X9 YC-1N0-Y1 LD0810-471 FU-T2A-250 UC-6P-V*2 UA-4P-V*2", "EE19", "HSG-VH3.96-2Y", (22, 13, 7), (6000, 18000), ("CB-10A", "SW-ROCKER-R")),
    P("PST12U", "strip", "12 位立式排插 45W USB", "12-way tower strip with 45W USB", 45,
      "KLP6132 TVN65G240Q KLP7312 TVN6010Q ORM3145 KLP8045 KLP431A SDK1010S SDKYBS3010",
      "EC-400V-33U-13X20*2 PC-25V-470U-8X12*2 YC-2N2-Y1 CM-T12-350UH FU-T3A15-250 UC-6P-V*2 UA-4P-V*3", "ATQ17", "HSG-VH3.96-2Y", (24, 15, 8), (3000, 9000), ("CB-16A", "SW-ROCKER-R*3")),
    # USB-C hubs
    P("HB040A", "hub", "4 口 USB-C 集线器", "4-port USB-C hub", 5, "ORM5310 KLP9118 KLP8006 ORM25Q32 XT3225-25M", "UA-9P-90*4", small=(14, 14, 4), batch=(6000, 18000)),
    P("HB050C", "hub", "5 合 1 扩展坞", "5-in-1 USB-C hub", 60, "ORM5310 ORM5410 KLP9118 KLP8006 ORM25Q32 XT3225-25M XT2016-27M HD-19P-SMT UC-24P-SMT", "UA-9P-90*3", small=(18, 18, 6), batch=(6000, 15000)),
    P("HB060R", "hub", "6 合 1 扩展坞 读卡", "6-in-1 hub with card reader", 60, "ORM5310 ORM5510 KLP9118 KLP8006 ORM25Q32 XT3225-25M SD-9P-PP TF-8P-PP UC-24P-SMT", "UA-9P-90*3", small=(18, 18, 6), batch=(4500, 12000)),
    P("HB070E", "hub", "7 合 1 扩展坞 千兆网口", "7-in-1 hub with Ethernet", 100, "ORM5310 ORM5410 ORM5520 KLP9118 KLP9112 KLP8006 ORM25Q32 XT3225-25M*2 XT2016-27M HD-19P-SMT UC-24P-SMT", "UA-9P-90*3 RJ-8P-G", small=(22, 22, 7), batch=(4500, 12000)),
    P("HB080P", "hub", "8 合 1 扩展坞 4K60", "8-in-1 hub 4K60", 100, "ORM5320 ORM5420 ORM5520 ORM5510 ORM3145 KLP9118 KLP9112 KLP8020 ORM25Q32 XT3225-25M*2 XT2016-27M HD-19P-SMT UC-24P-SMT SD-9P-PP CC0805-22U-25V-X5R-L*8", "UA-9P-90*3 RJ-8P-G", small=(24, 24, 8), batch=(3000, 9000)),
    P("HB090D", "hub", "9 合 1 双屏扩展坞", "9-in-1 dual-display hub", 100, "ORM5320 ORM5430 ORM5520 ORM5530 ORM3145 KLP9118 KLP9112 KLP8020 ORM25Q32 XT3225-25M*2 XT2016-27M HD-19P-SMT*2 UC-24P-SMT PJ-3.5-SMT", "UA-9P-90*3 RJ-8P-G", small=(24, 26, 8), batch=(2400, 7500)),
    P("HB130K", "hub", "13 合 1 桌面扩展坞", "13-in-1 docking station", 140, "ORM5320*2 ORM5430 ORM5520 ORM5530 ORM5510 ORM3210 KLP8045 KLP9118 KLP9112*2 KLP8020 YHC32F030K6 ORM25Q32*2 XT3225-25M*2 XT2016-27M HD-19P-SMT*2 UC-24P-SMT*2 SD-9P-PP TF-8P-PP PJ-3.5-SMT", "UA-9P-90*4 RJ-8P-G DC-005-25", small=(30, 30, 10), batch=(1500, 4500)),
    # LED drivers
    P("LD018A", "led", "18W 面板灯驱动", "18W panel-light driver", 18, "KLP7820 SDKES1J", "EC-400V-10U-10X13 EC-63V-220U-10X16 TVN4N65D SDKABS10 FU-T1A-250 YC-1N0-Y1 LD0810-330", "EE16", small=(14, 6, 4), batch=(12000, 36000)),
    P("LD024A", "led", "24W 面板灯驱动", "24W panel-light driver", 24, "KLP7820 SDKES1J", "EC-400V-15U-10X16 EC-63V-220U-10X16 TVN4N65D SDKABS210 FU-T1A-250 YC-1N0-Y1 CM-UU9.8-10MH", "EE19", small=(15, 7, 4), batch=(12000, 30000)),
    P("LD036A", "led", "36W 单级 PFC 驱动", "36W PFC driver", 36, "KLP7832 SDKES1J*2", "FC-220N-450V EC-63V-470U-13X20 TVN7N65F SDKABS210 FU-T2A-250 YC-2N2-Y1 CM-UU9.8-20MH XC-0U1-275-P10 SDKMUR860", "EF20", small=(18, 8, 5), batch=(9000, 24000)),
    P("LD040D", "led", "40W 0-10V 调光驱动", "40W 0-10V dimmable driver", 40, "KLP7832 KLP7845 SDKES1J*2 YHC8L050F3", "FC-220N-450V EC-63V-470U-13X20 TVN7N65F SDKABS210 FU-T2A-250 YC-2N2-Y1 CM-UU9.8-20MH XC-0U22-275-P10 TB-KF2EDG-4P SDK817D", "EFD25", small=(24, 12, 7), batch=(6000, 18000)),
    P("LD060A", "led", "60W 工矿灯驱动", "60W high-bay driver", 60, "KLP7860 SDKES1J*2 KLP431A", "EC-400V-68U-16X25 EC-63V-470U-13X20*2 TVN10N65F*2 SDKGBU406 FU-T2A-250 YC-2N2-Y1*2 CM-UU10.5-15MH XC-0U33-275-P15 SDK817D MV-14D471K SDKMUR860", "PQ2620", small=(26, 14, 8), batch=(6000, 15000)),
    P("LD100A", "led", "100W 户外驱动 IP67", "100W outdoor driver IP67", 100, "KLP6310 KLP7832 SDKES1J*2 KLP431A", "EC-400V-100U-18X30 EC-100V-100U-10X20*2 TVN12S65F*2 SDKGBU608 FU-T3A15-250 YC-2N2-Y1*2 CM-T16-15MH XC-0U47-275-P15 SDK817D MV-14D471K SDKMUR1560", "PQ2620", small=(28, 15, 9), batch=(3000, 9000)),
    P("LD150A", "led", "150W 户外驱动 IP67", "150W outdoor driver IP67", 150, "KLP6310 KLP7832 SDKES1J*2 KLP431A*2", "EC-400V-150U-18X40 EC-100V-100U-10X20*3 TVN20S65F*2 SDKGBU808 FU-T5A-250 YC-2N2-Y1*2 CM-T18-20MH XC-0U68-275-P15 SDK817D MV-20D621K SDKMUR1560", "PQ3220", small=(30, 16, 9), batch=(2400, 7200)),
    # Battery management boards
    P("BM005A", "bms", "5 串 25A 工具电池保护板", "5S 25A tool battery board", 0, "YHC7605 YHC8L050F3 TVN4002Q*4 RS2512-1M0-1%*2 FS1206-3A NT0603-10K KLP9033", "WF-PH2.0-6A TB-M5-COPPER*2", small=(22, 14, 8), batch=(4500, 12000)),
    P("BM010A", "bms", "10 串 30A 电动车保护板", "10S 30A e-bike battery board", 0, "YHC7610 YHC32F030C8 TVN8003T*6 RS2512-0M50-1%*3 FS2410-30A NT0603-10K KLP8100 KLP9033 ORM5605", "WF-SM1.25-10A TB-M5-COPPER*2", small=(28, 18, 10), batch=(3000, 9000)),
    P("BM013A", "bms", "13 串 30A 电动车保护板", "13S 30A e-bike battery board", 0, "YHC7616 YHC32F030C8 TVN8003T*8 RS2512-0M50-1%*3 FS2410-30A NT0603-10K*2 KLP8100 KLP9033 ORM5605", "WF-SM1.25-10A TB-M5-COPPER*2", small=(30, 20, 11), batch=(3000, 9000)),
    P("BM016A", "bms", "16 串 100A 储能保护板", "16S 100A storage battery board", 0, "YHC7616 YHC32F103CB TVN1005T*16 RS2512-0M50-1%*8 FS2410-30A NT0603-10K*4 KLP8100 KLP9033 KLP9050 ORM5605 ORM5601 XT3225-8M ORM25Q32", "WF-SM1.25-10A WF-XH2.5-5A TB-M5-COPPER*4", small=(36, 26, 14), batch=(1200, 3600)),
    P("BM016B", "bms", "16 串 100A 储能保护板 蓝牙", "16S 100A storage board, Bluetooth", 0, "YHC7616 YHC32G071RB TVN1005T*16 RS2512-0M50-1%*8 FS2410-30A NT0603-10K*4 KLP8100 KLP9033 KLP9050 ORM5605 ORM5601 ORM5612 XT3225-8M XT3215-32K ORM25Q32", "WF-SM1.25-10A WF-XH2.5-5A TB-M5-COPPER*4", small=(38, 27, 14), batch=(900, 3000)),
    # Controller boards
    P("CTK01A", "controller", "电水壶控制板", "Kettle controller board", 0, "YHC8S105K4 KLP6205D KLP9050 NT0603-100K", "RL-12V-16A EC-400V-4U7-8X12*2 EC-25V-330U-8X12 MV-10D471K FU-T1A-250 WF-XH2.5-5A LD0810-471", small=(16, 9, 7), batch=(4500, 12000)),
    P("CTR02A", "controller", "电饭煲触控板", "Rice-cooker touch board", 0, "YHC32F030C8 YHC8T012 KLP6205D KLP9050 NT0603-100K ORM24C16", "RL-12V-16A SDK3063 EC-400V-4U7-8X12*2 EC-25V-330U-8X12 MV-10D471K FU-T2A-250 WF-XH2.5-5A*2 LD0810-471", small=(26, 14, 10), batch=(3000, 9000)),
    P("CTW03A", "controller", "净水机主控板", "Water-purifier controller board", 0, "YHC32F103CB KLP2003*2 KLP8020 KLP9033 ORM24C16 ORM5618 XT3225-8M", "RL-12V-16A*2 EC-35V-470U-10X16*2 WF-XH2.5-3A*3 WF-XH2.5-5A*2 TB-KF2EDG-2P", small=(30, 18, 11), batch=(1800, 6000)),
    P("CTS04A", "controller", "智能插座模块", "Smart-socket module", 0, "ORM5618 KLP6205D KLP9033 RS2512-1M0-1%", "RL-5V-10A EC-400V-4U7-8X12*2 EC-16V-470U-8X12 MV-10D471K FU-T5A-250 LD0810-471", small=(18, 11, 6), batch=(6000, 18000)),
)  # fmt: skip

VARIANTS: dict[str, tuple[str, ...]] = {
    # platform: the products on it, as MARKET (plug standard) and colour; BMS and controllers by customer version
    "GC020A": ("CN-W", "CN-B", "EU-W", "US-W"), "GC030A": ("CN-W", "EU-W", "US-W"), "GC033A": ("CN-W", "EU-W"),
    "GC045A": ("CN-W", "US-B", "JP-W"), "GC065A": ("CN-W", "CN-B", "EU-B", "US-B", "UK-B"),
    "GC067S": ("CN-W", "EU-W"), "GC100A": ("CN-B", "EU-B", "US-B"), "GC120D": ("CN-B", "EU-B"), "GC140A": ("CN-B", "US-B"),
    "AD012A": ("CN-B", "EU-B"), "AD024A": ("CN-B", "EU-B", "UK-B"), "AD036A": ("CN-B", "EU-B"), "AD045A": ("CN-B",),
    "AD065A": ("CN-B", "EU-B"), "AD090A": ("CN-B", "US-B"), "AD120A": ("CN-B",), "AD060M": ("EU-W",), "AD015P": ("CN-W",),
    "PS040A": ("CN-W", "CN-B"), "PS060A": ("CN-W", "UK-W"), "PS080A": ("CN-B",),
    "PS040U": ("CN-W", "EU-W"), "PS060U": ("CN-W", "CN-B", "UK-W"), "PST12U": ("CN-W",),
    "HB040A": ("GL-S",), "HB050C": ("GL-S", "GL-G"), "HB060R": ("GL-S",), "HB070E": ("GL-G",), "HB080P": ("GL-S", "GL-G"),
    "HB090D": ("GL-G",), "HB130K": ("GL-G",),
    "LD018A": ("CN-W", "EU-W"), "LD024A": ("CN-W",), "LD036A": ("EU-W",), "LD040D": ("EU-W",), "LD060A": ("CN-S", "EU-S"),
    "LD100A": ("EU-S",), "LD150A": ("EU-S",),
    "BM005A": ("STD",), "BM010A": ("STD", "XQ"), "BM013A": ("STD",), "BM016A": ("STD",), "BM016B": ("STD",),
    "CTK01A": ("STD",), "CTR02A": ("STD",), "CTW03A": ("STD",), "CTS04A": ("STD",),
}  # fmt: skip

MARKETS = {
    "CN": "国标",
    "EU": "欧规",
    "US": "美规",
    "UK": "英规",
    "JP": "日规",
    "GL": "通用",
    "STD": "标准版",
    "XQ": "骁骑版",
}
COLOURS = {
    "W": ("白色", "white"),
    "B": ("黑色", "black"),
    "S": ("银色", "silver"),
    "G": ("深空灰", "space grey"),
    "": ("", ""),
}


@dataclass(frozen=True, slots=True)
class Product:
    """A finished product: a platform for a market, in a colour."""

    platform: Platform
    market: str
    colour: str

    @property
    def suffix(self) -> str:
        return f"{self.market}-{self.colour}" if self.colour else self.market

    @property
    def code(self) -> str:
        return f"FG-{self.platform.code}-{self.suffix}"

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.platform.name, MARKETS[self.market], COLOURS[self.colour][0])))

    @property
    def name_en(self) -> str:
        extra = [self.market if self.colour else "", COLOURS[self.colour][1]]
        return ", ".join(filter(None, (self.platform.name_en, *extra)))


def products() -> list[Product]:
    """List the 80 products in catalogue order."""
    return [
        Product(platform, *(variant.split("-") if "-" in variant else (variant, "")))
        for platform in PLATFORMS
        for variant in VARIANTS[platform.code]
    ]
