"""The articles of the help page, in the words of a contestant who is in a hurry."""

from __future__ import annotations

from typing import NamedTuple

from client.base.codes import MEANINGS
from client.base.text import Text


class Article(NamedTuple):
    """One answer. `words` are what people type who do not know its title."""

    title: Text
    words: Text
    body: Text


def _code_article(code: str) -> Article:
    meaning = MEANINGS[code]
    title = Text(f"{code} · {meaning.title.zh}", f"{code} · {meaning.title.en}")
    return Article(title, Text("错误 代码 提示", "error code message"), meaning.advice)


ARTICLES = (
    Article(
        Text("摄像头黑屏或没有画面", "The camera is black or shows nothing"),
        Text("看不到 打不开 镜头 相机 被占用", "dark lens webcam blocked in use"),
        Text(
            "看看镜头盖或遮挡片是否打开，笔记本上有没有摄像头开关键。"
            "关闭会议、聊天等正在用摄像头的程序。拔下再插上。录制没有停，恢复后会自己继续录。",
            "Open the lens cover; look for a camera key on the notebook. Close meetings and chats "
            "that use the camera. Unplug it and plug it in again. The recording goes on, and the "
            "camera comes back into it by itself.",
        ),
    ),
    Article(
        Text("麦克风没有声音", "The microphone is silent"),
        Text("静音 话筒 耳麦 听不到 录音", "muted mute sound headset audio"),
        Text(
            "看耳机线上或键盘上的静音键。在系统的声音设置里取消静音，把输入音量调高。"
            "蓝牙耳机没电时请改用电脑自带的麦克风。",
            "Look for a mute key on the cable or the keyboard. In the system's sound settings take "
            "the mute away and turn the input up. If a wireless headset is empty, use the "
            "computer's own microphone.",
        ),
    ),
    Article(
        Text("赛前试一遍", "Try it all once"),
        Text("练习 彩排 模拟 演练 提前 紧张", "practice rehearsal trial nervous test run before"),
        Text(
            "在开始页面或还没开始的场次里点“试一遍”：用三分钟走完全部步骤，和竞赛当天一样，"
            "再看一遍录像。录像不发给任何人，结束时全部删除，包括证件画面。"
            "开始录制前一小时内不能再试。",
            'Press "Try it all once" on the first page, or in a session that has not begun: every '
            "step as on the day, in three minutes; then watch the recording. It is sent to nobody "
            "and deleted at the end, pictures of your document included. Not within an hour of the "
            "recording.",
        ),
    ),
    Article(
        Text("用手机当摄像头", "A phone as camera"),
        Text("没有摄像头 网络摄像头 地址", "no webcam network camera address"),
        Text(
            "手机接上电源，放稳，和电脑连同一个无线网，打开手机上的摄像应用。"
            "应用在电脑上也有程序的，装好后它就是一个摄像头，重新检测即可；"
            "没有的，请技术员用 saijian phone 查找。",
            "Connect the phone's charger, stand it firmly, put it into the computer's wireless "
            "network and open its camera app. If the app has a program for the computer, the phone "
            "is a camera once that is installed: check again. If not, a technician finds it with "
            "saijian phone.",
        ),
    ),
    Article(
        Text("断网了", "The network is gone"),
        Text("没有网络 掉线 无线 上传 连不上", "offline disconnected wifi internet upload"),
        Text(
            "录制不靠网络，一秒也不会丢。请照常答题，能连时重新连上网络；"
            "赛鉴会自己接着上传。竞赛网站打不开时请致电组委会。",
            "The recording needs no network; nothing is lost. Go on working and reconnect when you "
            "can: the upload goes on by itself. If the contest site does not open, call the "
            "organizer.",
        ),
    ),
    Article(
        Text("组委会说磁盘快满，或不再接收", "The organizer's disk is full, or it takes no more"),
        Text("超过预留 拒绝 上传停了 收不下", "refused too much session upload stopped"),
        Text(
            "录像都在这台电脑上，一秒也没有少，请照常答题，不要删除任何文件。"
            "“快满”时会自己重试，请不要关机。“不再接收”时请致电组委会，"
            "按其安排交送硬盘或导出的 U 盘。",
            "All of it is on this computer and nothing is missing: go on working, delete nothing. "
            "When the disk is nearly full it is sent again by itself: leave the computer on. When "
            "no more is taken, call the organizer and hand over the disk, or what you export.",
        ),
    ),
    Article(
        Text("停电了", "The power is cut"),
        Text("断电 没电 电池 关机", "outage battery off"),
        Text(
            "来电后打开电脑和赛鉴，选“继续这一场”。"
            "断电前的录像还在，最多少最后几秒，缺的时间会如实记下。请致电组委会说明。",
            "When it is back, start the computer and SaiJian and choose to continue this session. "
            "What was recorded is there, but perhaps for the last seconds; the missing time is "
            "noted as it is. Call the organizer.",
        ),
    ),
    Article(
        Text("电脑重启或死机了", "The computer restarted or froze"),
        Text("蓝屏 崩溃 卡死 自动更新 闪退", "crash blue screen hang update reboot"),
        Text(
            "重新打开赛鉴，选“继续这一场”，它会回到原来的步骤。不用重新报名。"
            "只是窗口不见了的话，录制并没有停，再打开即可。",
            "Open SaiJian again and choose to continue this session: it returns to the same step, "
            "with no new enrolment. If only the window is gone, the recording is still running: "
            "just open it.",
        ),
    ),
    Article(
        Text("我迟到了", "I am late"),
        Text("晚了 来不及 过了时间", "late arrival delayed missed start"),
        Text(
            "马上打开赛鉴，按大按钮一步步做。开始的时间会如实记录，是否允许由组委会决定。",
            "Open SaiJian at once and follow the big button. The time at which you begin is noted "
            "as it is; the organizer decides whether you may take part.",
        ),
    ),
    Article(
        Text("录像文件放在哪里", "Where the files are"),
        Text("文件夹 位置 路径 找不到 硬盘", "folder path place disk location"),
        Text(
            "在这台电脑您本人的应用数据文件夹里。点“本机录像”可以看到每一场，"
            "也可以再次核验或导出到 U 盘。请不要自己移动、改名或剪辑。",
            'In your own application data on this computer. "Recordings" shows every session, '
            "verifies it again and exports it to a USB drive. Do not move, rename or cut them.",
        ),
    ),
    Article(
        Text("录像要保存多久", "How long the files are kept"),
        Text("删除 期限 多少天 工作日 清理", "delete days working retention until"),
        Text(
            "方案里写明了天数，一般是竞赛结束后 15 个工作日。"
            "“本机录像”里有确切日期；到期前不能删除，到期后由您自己删除。",
            'The plan names the days, usually 15 working days after the contest. "Recordings" '
            "gives the date; before it they cannot be deleted there, after it you may do so.",
        ),
    ),
    Article(
        Text("录了什么，谁能看到", "What is recorded and who sees it"),
        Text("隐私 个人信息 身份证 同意 裁判", "privacy personal data consent judge document"),
        Text(
            "录整个屏幕、摄像头画面、声音和网络地址，从身份核验开始到您结束录制为止。"
            "只有负责竞赛的工作人员和裁判可以查看。不读取其他文件，证件号码不写进任何文件。",
            "The whole screen, the camera, sound and the network address, from the identity check "
            "until you end the recording. Only staff and judges of the contest may look. Your "
            "other files are not read; your document number is written nowhere.",
        ),
    ),
    Article(
        Text("Windows 的隐私开关", "Privacy switches of Windows"),
        Text("权限 设置 相机 麦克风 不允许", "permission settings allow camera access denied"),
        Text(
            "打开 设置 → 隐私和安全性 → 相机，打开“相机访问权限”和“允许桌面应用访问相机”。"
            "麦克风在同一处，做法相同。然后重新检测。",
            "Settings → Privacy & security → Camera: allow camera access, and let desktop apps use "
            "the camera. The same for the microphone. Then check again.",
        ),
    ),
    Article(
        Text("输入法打不出字", "An input method does not type"),
        Text("中文 拼音 五笔 切换 键盘", "chinese pinyin keyboard switch typing ime"),
        Text(
            "赛鉴不改输入法和快捷键。按 Win+空格 或 Ctrl+空格 切换。"
            "赛前可以在环境检测里点“输入法试打”。",
            "SaiJian changes neither input methods nor shortcuts. Switch with Win+Space or "
            "Ctrl+Space. Before the contest, try it with the typing test of the computer check.",
        ),
    ),
    Article(
        Text("屏幕太小或字太小", "The screen or the letters are too small"),
        Text("放大 大字 看不清 分辨率 缩放 深色", "zoom large type font scale dark contrast"),
        Text(
            "点左下角“显示设置”，可以选大字、深色或高对比度，也可以换语言。录制不受影响。",
            'Press "Display" at the lower left: large type, dark or high contrast, language. The '
            "recording is not affected.",
        ),
    ),
    Article(
        Text("第二个显示器", "A second monitor"),
        Text("双屏 外接 投影 多屏 扩展", "two screens external projector display"),
        Text(
            "能不能用以竞赛规则为准。不用的话请在检测之前拔下，不要在竞赛中插拔。",
            "The rules of the contest decide whether you may use one. If not, unplug it before the "
            "check, and plug nothing in or out during the contest.",
        ),
    ),
    Article(
        Text("杀毒软件拦住了赛鉴", "Antivirus stops SaiJian"),
        Text("安全 卫士 管家 火绒 拦截 信任 误报", "security blocked defender trust false alarm"),
        Text(
            "请在它的提示里选“允许”或“信任”。赛前先试一次。不要从别处下载赛鉴。",
            "Choose to allow or trust it in the message. Try it before the day. Take SaiJian only "
            "from where the organizer says.",
        ),
    ),
    Article(
        Text("怎样交卷", "Handing in"),
        Text("提交 答卷 结束 按钮 完成", "submit hand in finish end answer"),
        Text(
            "先在竞赛网站上提交，看到提交成功，再回到赛鉴按“我已在竞赛网站提交答卷”。"
            "这个按钮只记下时间，本身不提交任何内容。最后按“结束录制”。"
            "没有标记交卷就在这一场结束前结束录制，核验结果是“不完整”，评审会看到缺少多久。",
            "First hand in on the contest site and see that it is accepted. Then press the button "
            "here that says so: it only notes the time and hands in nothing. At last, end the "
            "recording. A recording that ends before the paper does, without that mark, is judged "
            "INCOMPLETE, and judges see how much is missing.",
        ),
    ),
    Article(
        Text("什么时候可以关机", "When I may switch off"),
        Text("离开 走 上传 等待 关电脑", "leave shut down upload wait"),
        Text(
            "看到“现在可以关机”才关机。看到“可以离开，请勿关机”时人可以走，"
            "电脑要开着并联网，录像会自己传完。",
            'Only when it says "You may switch off now". At "You may leave; do not switch off", '
            "go, but leave the computer on and connected: the upload finishes by itself.",
        ),
    ),
    Article(
        Text("回执编号是什么", "The receipt number"),
        Text("回执 二维码 凭证 打印 收到", "receipt qr code proof print stored"),
        Text(
            "组委会收到并核对全部录像后发的编号。请抄下或拍下来，有疑问时报给组委会。",
            "The organizer gives it after receiving and checking all recordings. Write it down or "
            "photograph it, and name it when you ask the organizer anything.",
        ),
    ),
    Article(
        Text("用别的软件或手机录的文件", "A recording made by something else"),
        Text("外部录像 手机录像 加入 OBS 应急", "foreign recording attach emergency obs add"),
        Text(
            "不要剪辑、改名或删除。赛后点“应急办法”里的“加入外部录像”，它会送给组委会。",
            'Do not cut, rename or delete it. Afterwards add it under "Emergency"; it goes to the '
            "organizer as a foreign recording.",
        ),
    ),
    Article(
        Text("赛鉴打不开或录不了", "SaiJian does not start or does not record"),
        Text("应急 备用 坏了 失败", "emergency fails broken backup"),
        Text(
            "马上用任意录屏软件录整个屏幕，致电组委会，再用手机录下您和桌面，照常答题。"
            "“应急办法”里有每一步，可以打印。",
            "Record the whole screen with any recorder at once, call the organizer, film yourself "
            'and the desk with the phone, go on working. "Emergency" has every step, to print.',
        ),
    ),
    Article(
        Text("联系组委会", "Contact the organizer"),
        Text("电话 客服 求助 人工", "telephone call support phone help"),
        Text(
            "电话在窗口左下角；报名前请看组委会的通知。请说准考证号、时间和提示的代码，"
            "不要说证件号码和验证码。",
            "The telephone is at the lower left of the window; before enrolment, see the "
            "organizer's notice. Say your ticket number, the time and the code of the message; "
            "never your document number or the one-time code.",
        ),
    ),
    *map(_code_article, MEANINGS),
)
