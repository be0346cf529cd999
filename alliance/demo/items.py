"""What the demo's organizations offer: goods of their industries, in both languages. They come in through the batch service."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alliance.demo.orders import CURRENCY
from alliance.demo.world import AUTO, FITNESS, HOME, HOST, PROPERTY, DemoOrganization, actor_of
from alliance.kernel.money import parse_amount
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus, draft_of
from partners.catalogue.domain.upserting import Outcome
from partners.catalogue.domain.visibility import Reach, Visibility
from partners.catalogue.services.send_items import OneSent, send_items

# kind, category, price in yuan (empty: none), title in Chinese | in English
Line = tuple[str, str, str, str, str]

_ABOUT: Final = {
    "course": ("录播课程，可反复观看，附讲义与练习。", "Recorded lessons to watch again, with notes and exercises."),
    "lecture": ("一场讲座，九十分钟，结尾留出提问时间。", "One lecture of ninety minutes, with time for questions."),
    "live_event": ("直播课堂，可以当场提问，七天内可回看。", "A live class with questions; replay for seven days."),
    "membership": ("按期付费，随时取消，到期前提醒。", "Paid by period, ends when you like; we remind you before."),
    "publication": ("印刷版与电子版同时提供。", "On paper and as an e-book."),
    "physical_good": ("七天无理由退货，全国包邮。", "Free shipping; return it within seven days."),
    "service": ("先预约，后上门，按约定价格收费。", "Book first, we come to you, at the agreed price."),
    "property": ("可预约看房，价格含物业费。", "Visits by appointment; charges are included."),
    "financial_product": ("线上申请，审核结果一个工作日内告知。", "Apply online; we answer within one working day."),
}
_WARNING: Final = (
    "贷款有风险，请按能力借贷；实际利率以审批结果为准。",
    "Borrow within your means. The rate you get depends on the assessment.",
)

_HOST: Final[tuple[tuple[str, Line], ...]] = (
    ("COURSE-101", ("course", "fitness.strength", "199.00", "办公族力量训练", "Strength training for desk workers")),
    ("COURSE-205", ("course", "fitness.nutrition", "99.90", "21 天营养课", "Nutrition in 21 days")),
    ("COURSE-310", ("course", "auto_finance.car_loans", "49.00", "看懂车贷合同", "Reading a car loan contract")),
    ("COURSE-412", ("course", "home.lighting", "129.50", "家居光与色", "Interior light and colour")),
    ("COURSE-118", ("course", "fitness.running", "149.00", "从零跑到十公里", "From nothing to ten kilometres")),
    ("COURSE-126", ("course", "fitness.yoga", "168.00", "肩颈瑜伽二十讲", "Yoga for neck and shoulders")),
    ("COURSE-320", ("course", "auto_finance.used_cars", "89.00", "二手车不踩坑", "Buying a used car without regret")),
    ("COURSE-331", ("course", "car_modification.detailing", "119.00", "在家做汽车美容", "Car detailing at home")),
    ("COURSE-420", ("course", "home.renovation", "239.00", "装修预算与验收", "Renovation: budget and handover")),
    ("COURSE-433", ("course", "home.decoration", "79.00", "小户型收纳", "Storage for small flats")),
    ("COURSE-501", ("course", "education.money", "299.00", "家庭资产配置", "A household's money, in order")),
    ("COURSE-510", ("course", "education.programming", "399.00", "用数据看生意", "Seeing a business through its data")),
    ("COURSE-522", ("course", "education.business", "459.00", "门店经营实战", "Running a shop, in practice")),
    ("COURSE-530", ("course", "education.growth", "129.00", "情绪管理十二课", "Twelve lessons on feelings")),
    ("COURSE-541", ("course", "education.family", "159.00", "和孩子好好说话", "Talking with children")),
    ("LECTURE-11", ("lecture", "education.money", "39.00", "读懂保险条款", "What an insurance policy says")),
    ("LECTURE-12", ("lecture", "education.arts", "29.00", "一张照片的构图", "How a photograph is built")),
    ("LECTURE-13", ("lecture", "health.supplements", "19.00", "保健食品要不要吃", "Do supplements help?")),
    ("LIVE-22", ("live_event", "education.growth", "9.99", "直播答疑", "Live question hour")),
    ("LIVE-23", ("live_event", "fitness.strength", "19.90", "深蹲直播课", "Squats, live")),
    ("LIVE-24", ("live_event", "home.renovation", "19.90", "设计师直播看方案", "A designer looks at your plan, live")),
    ("BUNDLE-07", ("course", "fitness.equipment", "368.88", "课程加入门套装", "Course and starter kit")),
    ("CLUB-01", ("membership", "education", "588.00", "学堂年度会员", "Academy membership, one year")),
    ("CLUB-02", ("membership", "education", "68.00", "学堂月度会员", "Academy membership, one month")),
    ("BOOK-01", ("publication", "publishing.books", "58.00", "自学的方法", "How to teach yourself")),
    ("BOOK-02", ("publication", "publishing.audio_books", "36.00", "通勤路上的经济学", "Economics on the way to work")),
)
_FITNESS: Final[tuple[tuple[str, Line], ...]] = (
    ("KIT-03", ("physical_good", "fitness.equipment", "35.60", "弹力带", "Resistance bands")),
    ("KIT-04", ("physical_good", "fitness.equipment", "129.00", "可调节哑铃一对", "Adjustable dumbbells, a pair")),
    ("KIT-05", ("physical_good", "fitness.equipment", "89.00", "瑜伽垫 8 毫米", "Yoga mat, 8 mm")),
    ("KIT-06", ("physical_good", "fitness.equipment", "259.00", "壶铃 16 公斤", "Kettlebell, 16 kg")),
    ("KIT-07", ("physical_good", "fitness.equipment", "59.00", "泡沫轴", "Foam roller")),
    ("KIT-08", ("physical_good", "fitness.equipment", "199.00", "门框引体杆", "Pull-up bar for the door")),
    ("KIT-09", ("physical_good", "fitness.equipment", "45.00", "跳绳", "Skipping rope")),
    ("KIT-10", ("physical_good", "fitness.running", "329.00", "跑步心率带", "Heart rate belt")),
    ("KIT-11", ("physical_good", "fitness.running", "79.00", "跑步腰包", "Running belt")),
    ("KIT-12", ("physical_good", "shopping.outdoor", "219.00", "速干运动外套", "Quick-dry jacket")),
    ("KIT-13", ("physical_good", "shopping.outdoor", "99.00", "运动水壶 1 升", "Bottle, 1 litre")),
    ("GYM-01", ("membership", "fitness.gyms", "299.00", "健身房月卡", "Gym, one month")),
    ("GYM-02", ("membership", "fitness.gyms", "2599.00", "健身房年卡", "Gym, one year")),
    ("GYM-03", ("membership", "fitness.gyms", "199.00", "工作日午间卡", "Weekday lunch pass")),
    ("GYM-04", ("membership", "fitness.gyms", "49.00", "单次体验", "One visit")),
    ("COACH-01", ("service", "fitness.strength", "280.00", "私教一小时", "Personal training, one hour")),
    ("COACH-02", ("service", "fitness.strength", "2600.00", "私教十小时", "Personal training, ten hours")),
    ("COACH-03", ("service", "fitness.nutrition", "360.00", "饮食评估与方案", "Diet assessment and plan")),
    ("COACH-04", ("service", "health.check_ups", "180.00", "体态评估", "Posture assessment")),
    ("CLASS-01", ("live_event", "fitness.yoga", "39.00", "清晨瑜伽直播", "Morning yoga, live")),
    ("CLASS-02", ("live_event", "fitness.running", "29.00", "夜跑团", "Evening run")),
    ("CLASS-03", ("course", "fitness.yoga", "139.00", "普拉提入门", "Pilates for beginners")),
    ("FOOD-01", ("physical_good", "shopping.food", "88.00", "高蛋白谷物棒 12 支", "Protein bars, box of 12")),
    ("FOOD-02", ("physical_good", "health.supplements", "168.00", "乳清蛋白粉 1 公斤", "Whey protein, 1 kg")),
)
_AUTO: Final[tuple[tuple[str, Line], ...]] = (
    ("LOAN-01", ("financial_product", "auto_finance.car_loans", "", "新车贷款 36 期", "New car loan, 36 months")),
    (
        "LOAN-02",
        ("financial_product", "auto_finance.car_loans", "", "新能源车低首付贷款", "Electric car loan, low deposit"),
    ),
    ("LOAN-03", ("financial_product", "auto_finance.used_cars", "", "二手车贷款 24 期", "Used car loan, 24 months")),
    ("LOAN-04", ("financial_product", "auto_finance.car_loans", "", "尾款可选贷款", "Loan with a balloon payment")),
    ("LEASE-01", ("financial_product", "auto_finance.leasing", "", "个人融资租赁 36 期", "Personal lease, 36 months")),
    ("LEASE-02", ("financial_product", "auto_finance.fleets", "", "企业车队租赁", "Fleet lease for companies")),
    ("INS-01", ("financial_product", "auto_finance.car_insurance", "", "车损险组合", "Own damage cover")),
    (
        "INS-02",
        ("financial_product", "auto_finance.car_insurance", "", "第三者责任险 200 万", "Third-party cover, 2 million"),
    ),
    ("CHECK-01", ("service", "auto_finance.used_cars", "299.00", "二手车检测 188 项", "Used car check, 188 points")),
    ("CHECK-02", ("service", "auto_finance.used_cars", "99.00", "车况历史报告", "Vehicle history report")),
    ("CHECK-03", ("service", "auto_finance.used_cars", "0.00", "在线估价", "Online valuation")),
    ("CARE-01", ("service", "car_modification.detailing", "680.00", "漆面镀晶", "Ceramic coating")),
    ("CARE-02", ("service", "car_modification.detailing", "128.00", "精洗与打蜡", "Wash and wax")),
    ("CARE-03", ("service", "car_modification.exterior", "3980.00", "隐形车衣", "Paint protection film")),
    (
        "MOD-01",
        ("physical_good", "car_modification.wheels", "4200.00", "锻造轮毂 19 寸一套", "Forged wheels, 19 inch, set"),
    ),
    ("MOD-02", ("physical_good", "car_modification.wheels", "2680.00", "静音轮胎一套", "Quiet tyres, set")),
    ("MOD-03", ("physical_good", "car_modification.performance", "1580.00", "高流量进气套件", "High-flow intake kit")),
    ("MOD-04", ("physical_good", "car_modification.audio", "2399.00", "车载音响升级套装", "Audio upgrade kit")),
    (
        "MOD-05",
        ("physical_good", "car_modification.interior", "899.00", "真皮方向盘套装", "Leather steering wheel kit"),
    ),
    ("MOD-06", ("physical_good", "car_modification.audio", "459.00", "行车记录仪 4K", "Dash camera, 4K")),
    ("MOD-07", ("physical_good", "car_modification.exterior", "1299.00", "车顶行李架", "Roof rack")),
    ("MOD-08", ("physical_good", "car_modification.interior", "269.00", "全包围脚垫", "Floor mats, full set")),
    ("CLUB-CAR", ("membership", "car_modification", "365.00", "车主俱乐部年卡", "Drivers' club, one year")),
    ("TRACK-01", ("live_event", "car_modification.performance", "699.00", "赛道体验日", "Track day")),
)
_HOME: Final[tuple[tuple[str, Line], ...]] = (
    ("SOFA-01", ("physical_good", "home.furniture", "3299.00", "三人布艺沙发", "Fabric sofa for three")),
    ("DESK-01", ("physical_good", "home.furniture", "1699.00", "升降书桌", "Standing desk")),
    ("DESK-02", ("physical_good", "home.furniture", "899.00", "人体工学椅", "Ergonomic chair")),
    ("BED-01", ("physical_good", "home.furniture", "4599.00", "实木双人床", "Oak bed, double")),
    ("BED-02", ("physical_good", "home.furniture", "2199.00", "独立弹簧床垫", "Pocket spring mattress")),
    ("LAMP-01", ("physical_good", "home.lighting", "399.00", "护眼台灯", "Reading lamp")),
    ("LAMP-02", ("physical_good", "home.lighting", "1299.00", "无主灯照明套装", "Track lighting set")),
    ("LAMP-03", ("physical_good", "home.lighting", "169.00", "感应夜灯一对", "Night lights, a pair")),
    ("COOK-01", ("physical_good", "home.kitchen", "269.00", "铸铁锅 24 厘米", "Cast iron pot, 24 cm")),
    ("COOK-02", ("physical_good", "home.kitchen", "458.00", "厨刀三件套", "Kitchen knives, set of three")),
    ("COOK-03", ("physical_good", "home.kitchen", "1899.00", "嵌入式蒸烤箱", "Built-in steam oven")),
    ("BOX-01", ("physical_good", "home.decoration", "119.00", "抽屉分隔盒一套", "Drawer organisers")),
    ("BOX-02", ("physical_good", "home.decoration", "329.00", "模块化书架", "Modular shelf")),
    ("ART-01", ("physical_good", "home.decoration", "259.00", "羊毛地毯", "Wool rug")),
    ("SMART-01", ("physical_good", "home.smart_home", "699.00", "智能门锁", "Smart door lock")),
    ("SMART-02", ("physical_good", "home.smart_home", "149.00", "温湿度与空气检测仪", "Air quality monitor")),
    ("SMART-03", ("physical_good", "home.smart_home", "899.00", "电动窗帘", "Motorised curtains")),
    ("PLAN-01", ("service", "home.renovation", "1999.00", "全屋设计方案", "Design plan for a whole flat")),
    ("PLAN-02", ("service", "home.renovation", "399.00", "单间软装搭配", "Styling of one room")),
    ("PLAN-03", ("service", "home.renovation", "599.00", "装修监理到访三次", "Site inspection, three visits")),
    ("CLEAN-01", ("service", "home.property", "168.00", "深度保洁三小时", "Deep cleaning, three hours")),
    ("WORK-01", ("live_event", "home.decoration", "99.00", "木工体验课", "Woodworking afternoon")),
    ("WORK-02", ("course", "home.lighting", "89.00", "灯光设计基础", "Lighting design, basics")),
)
_PROPERTY: Final[tuple[tuple[str, Line], ...]] = (
    ("RENT-01", ("property", "home.property", "4200.00", "地铁口一居室月租", "One-bedroom flat, monthly")),
    ("RENT-02", ("property", "home.property", "6800.00", "两居室月租", "Two-bedroom flat, monthly")),
    ("RENT-03", ("property", "home.property", "1980.00", "青年公寓单间月租", "Studio for young people, monthly")),
    ("RENT-04", ("property", "home.property", "1200.00", "地下车位季租", "Parking space, one quarter")),
    ("RENT-05", ("property", "home.property", "900.00", "迷你仓储季租", "Storage unit, one quarter")),
    ("OFFICE-01", ("property", "home.property", "1500.00", "共享办公工位月租", "Desk in a shared office, monthly")),
    ("MOVE-01", ("service", "home.property", "599.00", "搬家服务", "Moving service")),
    ("FIX-01", ("service", "home.property", "80.00", "水电维修上门", "Plumbing and electrics call-out")),
    ("FIX-02", ("service", "home.property", "120.00", "空调清洗", "Air conditioner cleaning")),
    ("FIX-03", ("service", "home.property", "200.00", "开锁换锁", "Locksmith")),
    ("CARE-11", ("service", "home.property", "45.00", "钟点保洁一小时", "Cleaning, one hour")),
    ("CARE-12", ("service", "health.check_ups", "260.00", "长者上门健康检查", "Health check at home for elders")),
    ("CARE-13", ("service", "education.family", "60.00", "课后托管一次", "After-school care, once")),
    ("POOL-01", ("membership", "fitness.gyms", "168.00", "社区泳池月卡", "Community pool, one month")),
    ("CLUB-11", ("membership", "home.property", "299.00", "业主会所年卡", "Residents' club, one year")),
    ("EVENT-01", ("live_event", "education.family", "0.00", "邻里亲子日", "Neighbours' family day")),
    ("EVENT-02", ("live_event", "fitness.running", "0.00", "社区晨跑", "Community morning run")),
    (
        "EVENT-03",
        ("lecture", "home.renovation", "0.00", "新住户装修须知", "Renovating: what new residents should know"),
    ),
    ("BIKE-01", ("service", "travel.transport", "30.00", "共享单车月卡", "Bicycle sharing, one month")),
    ("TRIP-01", ("travel", "travel.study_tours", "399.00", "周末农场研学", "Weekend on a farm")),
    ("TRIP-02", ("travel", "travel.tours", "899.00", "古镇两日游", "Two days in an old town")),
    ("TRIP-03", ("travel", "travel.tickets", "128.00", "城市博物馆联票", "City museums, one ticket")),
)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """One organization's lines, and how it shows them; the codes in `drafts` are not published yet."""

    owner: DemoOrganization
    lines: tuple[tuple[str, Line], ...]
    brand: str
    reach: Reach = Reach.ALLIANCES
    drafts: frozenset[str] = field(default_factory=frozenset)


_SHELVES: Final = (
    _Shelf(HOST, _HOST, "示范学堂 Demo Academy", drafts=frozenset({"COURSE-541"})),
    _Shelf(FITNESS, _FITNESS, "示范健身 Demo Fitness", drafts=frozenset({"FOOD-02"})),
    _Shelf(AUTO, _AUTO, "示范汽车金融 Demo Auto Finance", drafts=frozenset({"TRACK-01"})),
    _Shelf(HOME, _HOME, "示范家居 Demo Home"),
    _Shelf(PROPERTY, _PROPERTY, "示范物业 Demo Property", Reach.AGREEMENTS),
)


def ensure_items(*, now: datetime) -> int:
    """Fill every shelf; how many items were new. Repeating it changes nothing but what was edited since."""
    created = 0
    for shelf in _SHELVES:
        with organization_scope(shelf.owner.id):
            items = [_sent(shelf, place, code, line, now) for place, (code, line) in enumerate(shelf.lines)]
            done = send_items(actor=actor_of(shelf.owner), items=items, now=now)
        created += sum(row.outcome is Outcome.CREATED for row in done)
    return created


def _sent(shelf: _Shelf, place: int, code: str, line: Line, now: datetime) -> OneSent:
    kind, category, price, title_zh, title_en = line
    about_zh, about_en = _ABOUT.get(kind, ("", ""))
    has_price, is_event = bool(price), kind in {"live_event", "lecture"}
    begins = now.replace(minute=0, second=0, microsecond=0)
    values: dict[str, object] = {
        "code": code,
        "kind": kind,
        "category": category,
        "title_zh": title_zh,
        "title_en": title_en,
        "description_zh": about_zh,
        "description_en": about_en,
        "tags": [title_zh[:2], category.partition(".")[0].replace("_", " ")],
        "price_minor": parse_amount(price, CURRENCY) if has_price else None,
        "currency": CURRENCY if has_price else "",
        "stock": 20 + 7 * (place % 9) if kind == "physical_good" else None,
        "level": ("beginner", "intermediate", "advanced")[place % 3] if kind == "course" else "",
        "duration_minutes": {"course": 60 * (4 + place % 7), "lecture": 90, "live_event": 60}.get(kind),
        "available_until": begins + timedelta(days=30 + place) if is_event else None,
        "page_url": f"https://{shelf.owner.key}.example/items/{code.lower()}",
        "image_urls": [f"https://{shelf.owner.key}.example/images/{code.lower()}.jpg"],
        "brand": shelf.brand,
    }
    if kind == "financial_product":
        values |= {
            "disclosure_zh": _WARNING[0],
            "disclosure_en": _WARNING[1],
            "minimum_age": 18,
            "licence": "DEMO-0001",
        }
    return OneSent(
        draft=draft_of(values),
        status=ItemStatus.DRAFT if code in shelf.drafts else ItemStatus.PUBLISHED,
        visibility=Visibility(shelf.reach),
    )
