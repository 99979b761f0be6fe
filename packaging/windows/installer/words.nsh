; Every other sentence that a person reads, Chinese first. NSIS picks the system's language, else the first.

!macro Say NAME ZH EN
  LangString ${NAME} ${LANG_SIMPCHINESE} "${ZH}"
  LangString ${NAME} ${LANG_ENGLISH} "${EN}"
!macroend
!define Say "!insertmacro Say"

${Say} Product "赛鉴" "SaiJian"
!if "${KIND}" == "lab"
  ${Say} Label "赛鉴 ${VERSION}（实验室构建，不用于比赛）" "SaiJian ${VERSION} (lab build, not for contests)"
!else
  ${Say} Label "赛鉴 ${VERSION}" "SaiJian ${VERSION}"
!endif
${Say} Hello "安装$(Label)" "Install $(Label)"
${Say} HelloMore "赛鉴在比赛时录下屏幕、摄像头和声音，并证明录像没有改动过。$\r$\n$\r$\n只为您这个账户安装，不需要管理员密码。已有的录像不会改动。$\r$\n$\r$\n自由软件，许可证 GPL-3.0 或更新，全文在安装文件夹的 licenses 中。$\r$\n$\r$\n点“安装”，约一分钟。" "SaiJian records the screen, camera and sound of a contest and proves that the recording was not changed.$\r$\n$\r$\nIt is installed for you only; no administrator is needed. Recordings that exist stay as they are.$\r$\n$\r$\nFree software, GPL-3.0 or later; the full text is in the folder licenses.$\r$\n$\r$\nPress Install: about a minute."
${Say} Done "安装好了" "Installed"
${Say} DoneMore "在“开始”菜单里点“赛鉴”就能打开。" "Open it from the Start menu: 赛鉴."
${Say} StartIt "现在打开赛鉴" "Open SaiJian now"
${Say} OnDesktop "在桌面上放一个图标" "Put an icon on the desktop"
${Say} PlanFile "赛鉴比赛计划" "SaiJian contest plan"

${Say} Recording "赛鉴正在录制或上传，现在不能继续。录制没有受到影响。$\r$\n$\r$\n请等比赛结束、上传完成后再试。什么都没有改动。" "SaiJian is recording or uploading, so this cannot go on now. The recording was not disturbed.$\r$\n$\r$\nTry again when the contest is over and the upload is complete. Nothing was changed."
${Say} CloseIt "赛鉴的窗口还开着。$\r$\n$\r$\n请关闭它，然后再次打开这个文件。什么都没有改动。" "The SaiJian window is still open.$\r$\n$\r$\nClose it, then open this file again. Nothing was changed."
${Say} Locked "别的程序正在使用赛鉴的文件夹，不能更新：$\r$\n$INSTDIR$\r$\n$\r$\n请关闭打开它的窗口，或重启电脑后再试。原来的程序照常可用。" "Another program is using SaiJian's folder, so it cannot be updated:$\r$\n$INSTDIR$\r$\n$\r$\nClose the window that shows it, or restart the computer, then try again. The program that was there still works."
${Say} Twice "安装程序已经在运行。请等它结束。" "The installer is already running. Wait until it is done."
${Say} NotOurs "这个文件夹里有别的文件，赛鉴不能装在这里：$\r$\n$INSTDIR$\r$\n$\r$\n请用 /D= 指定一个空文件夹。什么都没有改动。" "This folder holds other files, so SaiJian cannot be installed there:$\r$\n$INSTDIR$\r$\n$\r$\nName an empty folder with /D=. Nothing was changed."
${Say} HoldsSessions "程序文件夹里有录像，请先把它们移到别处：$\r$\n$INSTDIR\sessions$\r$\n$\r$\n什么都没有改动。" "There are recordings in the program's folder. Move them elsewhere first:$\r$\n$INSTDIR\sessions$\r$\n$\r$\nNothing was changed."
${Say} NoSpace "磁盘空间不足，需要 ${NEEDED_MB} MB：$\r$\n$INSTDIR$\r$\n$\r$\n请清理磁盘后再试。什么都没有改动。" "The disk is full; ${NEEDED_MB} MB are needed:$\r$\n$INSTDIR$\r$\n$\r$\nFree some space, then try again. Nothing was changed."
${Say} NotWritten "文件没有写完整。原来的程序（如果有）照常可用。$\r$\n$\r$\n请检查磁盘，然后再次打开安装程序。" "The files could not be written whole. The program that was there, if any, still works.$\r$\n$\r$\nCheck the disk, then open the installer again."

${Say} Gone "赛鉴已卸载" "SaiJian was removed"
${Say} GoneMore "录像没有删除，仍在您的账户里：$\r$\n$LOCALAPPDATA\SaiJian\sessions" "No recording was deleted. They are still in your account:$\r$\n$LOCALAPPDATA\SaiJian\sessions"
${Say} Held "这台电脑上还有必须保存的比赛录像。没有赛鉴，它们就不能继续上传，也不能在这里核验。$\r$\n$\r$\n建议保留赛鉴。录像无论如何不会被删除。$\r$\n$\r$\n仍要卸载程序吗？" "There are contest recordings on this computer that must still be kept. Without SaiJian they cannot be uploaded or verified here.$\r$\n$\r$\nBetter keep SaiJian. The recordings are not deleted either way.$\r$\n$\r$\nRemove the program nevertheless?"
${Say} NotTold "赛鉴没有答出录像是否还在保存期内（代码 $1），所以按“还在”处理。$\r$\n$\r$\n程序损坏时，请先再次运行安装程序修复。录像无论如何不会被删除。$\r$\n$\r$\n仍要卸载程序吗？" "SaiJian did not say whether recordings must still be kept (code $1), so this is taken as yes.$\r$\n$\r$\nIf the program is damaged, run the installer again first. The recordings are not deleted either way.$\r$\n$\r$\nRemove the program nevertheless?"
